/// Why a host name has no addresses.
package struct AWSEnvironmentError: Error, Hashable, Sendable {
    /// What the resolver said.
    package let detail: String

    /// Makes an error of what the resolver said.
    package init(detail: String) {
        self.detail = detail
    }
}
