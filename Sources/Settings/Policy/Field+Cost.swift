import Primitives
import RetryCore
import YAML

/// What retries may cost, and what a minute costs.
extension Field {
    /// `cost`: minutes, money or both, within a time.
    func cost() -> CostCeiling? {
        let example = "a value such as { minutes: 600, per: 1d } or { money: 5.00, per: 1d }"
        guard let section = section(SettingsKeys.cost) else { return nil }
        let minutes = section["minutes"].map { $0.integer(in: 1...SettingsBounds.minutes) }
        let money = section["money"].map { $0.millionths(to: SettingsBounds.money, isAbove: true) }
        let per = section.required("per", expected: example).flatMap { $0.duration() }
        guard minutes != nil || money != nil else {
            section.lacks(["minutes", "money"], expected: example)
            return nil
        }
        guard let per else { return nil }
        return CostCeiling(minutes: minutes ?? nil, price: money ?? nil, per: per)
    }

    /// `prices`: by provider, and `default` for the others.
    func prices() -> ActionPrices {
        var prices = ActionPrices()
        let example = "prices of a minute, such as { default: 0.002, CodeBuild: 0.007 }"
        for (name, entry) in table(expected: example) ?? [] {
            guard let price = entry.field.millionths(to: SettingsBounds.price, isAbove: false)
            else { continue }
            if name == "default" {
                prices.standard = price
            } else {
                prices.byProvider[name] = price
            }
        }
        return prices
    }

    private func millionths(to most: Double, isAbove: Bool) -> Int? {
        number(from: 0, to: most, isAbove: isAbove).map { Int(($0 * 1_000_000).rounded()) }
    }
}
