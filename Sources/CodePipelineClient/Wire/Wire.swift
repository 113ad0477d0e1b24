/// What AWS sends and takes, by its own names: the types of the CodePipeline API.
///
/// The engine has its own names for the same things; `RetryDaemon/Mapping` converts between them.
package enum Wire {}
