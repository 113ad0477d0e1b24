/// What AWS sends and takes, by its own names: the types of the CodePipeline API.
///
/// The engine has words of its own for the same things; `RetryDaemon/Mapping` makes the one into
/// the other.
package enum Wire {}
