/// A request to one of the services that run actions.
struct CauseCall {
    let operation: CauseOperation
    let input: JSON

    /// Tells a request by X-Amz-Target, or by `Action` in a form; nil for any other.
    init?(_ request: SimulatorRequest) {
        guard request.method == "POST", request.target == "/" else { return nil }
        if let target = request.header("x-amz-target") {
            guard let found = CauseOperation(target: target),
                let body = JSON.readObject(request.body)
            else { return nil }
            (operation, input) = (found, body)
            return
        }
        let members = CauseCall.form(request.body)
        guard let action = members["Action"], let version = members["Version"],
            let found = CauseOperation(action: action, version: version)
        else { return nil }
        (operation, input) = (found, .object(members.mapValues { .string($0) }))
    }

    /// The members of a form; those inside others have points in their names.
    private static func form(_ body: [UInt8]) -> [String: String] {
        var members: [String: String] = [:]
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            ).map(decoded)
            if parts.count == 2 { members[parts[0]] = parts[1] }
        }
        return members
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            let code = digits.utf8.count == 2 ? UInt8(digits, radix: 16) : nil
            if byte == UInt8(ascii: "%"), let code {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The answer with this result.
    func answer(
        _ result: Result<JSON, ServiceError>,
        at time: ModelTime,
        requestID: String
    ) -> SimulatorAnswer {
        let (status, outcome, body): (Int, String, [UInt8])
        switch result {
        case .success(let output):
            status = 200
            outcome = "ok"
            body =
                operation.isQuery
                ? XMLWriter.answer(operation, output, requestID: requestID) : output.utf8
        case .failure(let error):
            status = error.status
            outcome = error.code
            body =
                operation.isQuery
                ? XMLWriter.error(error, of: operation, requestID: requestID)
                : error.json.utf8
        }
        let response = SimulatorResponse(
            status: status,
            headers: [
                ("Content-Type", operation.contentType), ("x-amzn-RequestId", requestID),
                ("Date", CivilTime(time).httpDate),
            ],
            body: body
        )
        return SimulatorAnswer(
            response: response,
            delay: .zero,
            delivery: .whole,
            line: "\(CivilTime(time).extended) \(operation.rawValue) - - \(outcome)"
        )
    }
}
