import Primitives
import Testing

@Suite struct PartitionTests {
    @Test(arguments: [
        ("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"), ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"), ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"), ("aws-cn-global", "aws-cn"), ("aws-global", "aws"),
        ("cn-north", "aws"), ("cn-north-x", "aws"), ("cn--1", "aws"), ("us-gov-", "aws"),
        ("", "aws"),
    ])
    func `a Region has one partition`(_ region: String, _ name: String) {
        #expect(Partition.of(region: region).name == name)
    }

    @Test func `every partition has a name and hosts of its own`() {
        let names = Partition.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.last == "aws")
        #expect(
            Partition.all.allSatisfy { !$0.dnsSuffix.isEmpty && !$0.dualStackDNSSuffix.isEmpty }
        )
    }
}
