/// All that is known of an operation of AWS but its input and output.
package struct OperationDefinition: Hashable, Sendable {
    /// Whether it changes anything.
    package enum Access: Hashable, Sendable {
        /// It changes nothing.
        case read
        /// It changes something; not needed in a dry run.
        case write
    }

    /// The name, as in `X-Amz-Target` or `Action`.
    package let name: String
    /// The service, which decides the endpoint, the signature and the meaning of error codes.
    package let service: AWSService
    /// Whether it changes anything.
    package let access: Access
    /// Whether it may be sent again when it is unknown whether it was executed.
    package let replay: Replay
    /// The permission that the caller needs; nil: everybody may call it, or a trust policy decides.
    package let permission: Permission?

    /// Creates an operation.
    ///
    /// - Parameters:
    ///   - name: Its name in the service's model.
    ///   - service: The service.
    ///   - access: Whether it changes anything; default: no.
    ///   - replay: Whether it may be repeated blindly; default: yes.
    ///   - resource: The resource on which the permission of the operation's name is granted; nil:
    ///     none needed.
    package init(
        _ name: String,
        of service: AWSService,
        _ access: Access = .read,
        replay: Replay = .safe,
        on resource: Permission.Resource?
    ) {
        self.name = name
        self.service = service
        self.access = access
        self.replay = replay
        permission = resource.map {
            Permission(action: "\(service.permissionPrefix):\(name)", resource: $0)
        }
    }
}
