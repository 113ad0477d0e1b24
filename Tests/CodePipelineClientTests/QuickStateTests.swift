import CodePipelineClient
import Primitives
import Testing

private let decoder = DocumentDecoder()

/// The general decoder's reading of a document; nil when it rejects it.
private func general(_ bytes: [UInt8]) -> Wire.PipelineState? {
    do {
        return try decoder.decodeAnyState(bytes)
    } catch {
        return nil
    }
}

@Suite("The quick reader of states")
struct QuickStateTests {
    @Test(arguments: StateSamples.all)
    func `a well-formed state is read without the general decoder, to the same value`(
        _ text: String
    ) throws {
        let bytes = Array(text.utf8)
        let state = try #require(DocumentDecoder.quickState(bytes))
        #expect(state == general(bytes))
    }

    @Test(arguments: [
        #"{"pipelineName":"a","pipelineName":"b"}"#, #"{"pipelineName":null,"pipelineName":"b"}"#,
        #"{"pipelineName":"b","pipelineName":null}"#, #"{"pipelineN\u0061me":"b"}"#,
        #"{"pipelineVersion":7.0}"#, #"{"pipelineVersion":7e0}"#, #"{"created":1e23}"#,
        #"{"created":1e300}"#, #"{"created":-0E0}"#, #"{"created":0e+1}"#, #"{"created":0e12}"#,
        #"{"pipelineVersion":9223372036854775807}"#,
        "\u{feff}{}", "", StateSamples.nested(64),
    ])
    func `rare forms are left to the general decoder`(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(DocumentDecoder.quickState(bytes) == nil)
        #expect(general(bytes) != nil)
        #expect(throws: Never.self) { try decoder.decodeAnyState(bytes) }
    }

    @Test(arguments: ["0e2", "0E2"])
    func `documents that only the general decoder rejects are left to it`(_ number: String) {
        for member in ["created", "pipelineVersion", "unknown"] {
            let bytes = Array("{\"\(member)\":\(number)}".utf8)
            #expect(DocumentDecoder.quickState(bytes) == nil)
        }
        #expect(general(Array("{\"created\":\(number)}".utf8)) == nil)
    }

    @Test(arguments: [
        "{", "}", "[]", "null", "{}}", "{},", "{} x", "{,}", #"{"a":1,}"#, #"{,"a":1}"#, #"{"a"}"#,
        #"{"a":}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#, "{a:1}", #"{"a":[1,]}"#, #"{"a":[,1]}"#,
        #"{"a":[1 2]}"#, #"{"a":[1}"#, #"{"a":01}"#, #"{"a":-}"#, #"{"a":+1}"#, #"{"a":1.}"#,
        #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":1e+}"#, #"{"a":1.e2}"#, #"{"a":nul}"#, #"{"a":True}"#,
        #"{"a":NaN}"#, #"{"a":"\x"}"#, #"{"a":"\u12G4"}"#, #"{"a":"\ud800"}"#,
        #"{"a":"\ud800\u0041"}"#, #"{"a":"\udc00"}"#, #"{"a":"\"}"#, "{\"a\":\"\n\"}",
        "{\"a\":\"\0\"}",
        #"{"a":'b'}"#, #"{"a":1/**/}"#, "\u{a0}{}", "{\u{c}}", "{}\0", #"{"a":"b}"#, #"{"a":"#,
    ])
    func `a text that is not JSON is never read`(_ text: String) {
        #expect(DocumentDecoder.quickState(Array(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xc3, 0x28], [0xe0, 0x9f, 0xbf],
            [0xed, 0xa0, 0x80], [0xe6, 0x97], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80, 0x80, 0x80], [0xf0, 0x9f, 0x9a], [0xff],
        ] as [[UInt8]],
        ["pipelineName", "unknown"]
    )
    func `bytes that are not UTF-8 are never read`(_ text: [UInt8], _ member: String) {
        let bytes = Array("{\"\(member)\":\"".utf8) + text + Array("\"}".utf8)
        #expect(DocumentDecoder.quickState(bytes) == nil)
    }

    @Test func `no prefix of a state is a state`() {
        let bytes = Array(fullState.utf8)
        for count in 0..<bytes.count {
            #expect(DocumentDecoder.quickState(Array(bytes[..<count])) == nil, "\(count) bytes")
        }
    }

    @Test func `a wrong type is rejected with the error of the general decoder`() {
        let error = #expect(throws: WireDecodingError.self) {
            try decoder.decodeState(Array(#"{"stageStates":[{"stageName":7}]}"#.utf8))
        }
        #expect(error?.description.hasPrefix("pipeline state at .stageStates[0].stageName") == true)
    }

    @Test func `no character but itself is equivalent to one of a member's name`() {
        // The reader compares names by bytes, a decoder's dictionary by canonical equivalence.
        let names = fullState.split(separator: "\"").filter { $0.allSatisfy(\.isLetter) }
        let letters = Set(names.joined())
        #expect(letters.count > 30)
        let others = (0x80...0xffff).compactMap { Unicode.Scalar($0 as UInt32) }
            .map(Character.init)
        #expect(!others.contains { letters.contains($0) })
        #expect(others.filter { "Kk;".contains($0) } == ["\u{37e}", "\u{212a}"])
    }
}

@Suite("The quick reader beside the general decoder")
struct QuickStateDifferenceTests {
    /// 24,000 spoilt documents in all.
    @Test(arguments: 1...8)
    func `its reading of a corrupted state equals that of the general decoder`(_ seed: UInt64) {
        var spoiler = Spoiler(seed: seed)
        let digester = BodyDigester(seed: (seed, ~seed))
        var seen: [StateDigest: [UInt8]] = [:]
        var (valid, left) = (0, 0)
        for _ in 0..<3000 {
            let text = StateSamples.small[spoiler.number(StateSamples.small.count)]
            let bytes = spoiler.spoil(text)
            let expected = general(bytes)
            let state = DocumentDecoder.quickState(bytes)
            if let state, state != expected {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(state)")
            }
            if expected != nil {
                valid += 1
                if state == nil { left += 1 }
            }
            let other = seen.updateValue(bytes, forKey: digester.digest(of: bytes))
            #expect(other == nil || other == bytes, "two bodies of one digest")
        }
        #expect(valid > 500)
        #expect(left * 3 < valid, "\(left) of \(valid) valid states were left")
    }
}
