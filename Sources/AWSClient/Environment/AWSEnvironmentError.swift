/// Why a host name has no addresses.
package struct AWSEnvironmentError: Error, Hashable, Sendable {
    /// The resolver's message.
    package let detail: String

    /// Creates an error from the resolver's message.
    package init(detail: String) {
        self.detail = detail
    }
}
