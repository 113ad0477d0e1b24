import Primitives

/// What a report draws: inline SVG, in which patterns and labels say what colours do.
enum ReportPlot {
    /// A part of each column, such as the failures with one result.
    struct Series {
        /// Its name.
        var name: String
        /// The class of its colour and pattern, `s0` to `s6`.
        var style: HTML
        /// Its value in each column.
        var values: [Double]
    }

    /// A bar from 0 to 100% with the bounds of its rate.
    struct Rate {
        /// What it is of.
        var name: String
        /// The retries.
        var success: ReportDocument.Success
    }

    // MARK: Columns of stacked parts

    private static let left = 44.0
    private static let top = 10.0
    private static let height = 180.0
    private static let bottom = 26.0

    /// Columns over time, each a stack.
    ///
    /// - Parameters:
    ///   - title: What a reader that sees no drawing is told.
    ///   - columns: The columns' names, which are dates.
    ///   - series: The parts, the lowest first.
    /// - Returns: The drawing with its legend.
    static func columns(_ title: String, _ columns: [String], _ series: [Series]) -> HTML {
        let step = min(28, max(11, 640 / Double(max(1, columns.count))))
        let width = left + step * Double(columns.count) + 10
        let sums = columns.indices.map { column in
            series.reduce(0) { $0 + max(0, $1.values[column]) }
        }
        let limit = niceLimit(sums.max() ?? 0)
        let grid = (0...4).map { line -> HTML in
            let value = limit * Double(line) / 4
            let y = top + height * (1 - Double(line) / 4)
            return """
                <line class="grid" x1="\(left)" x2="\(width)" y1="\(y)" y2="\(y)"/>\
                <text x="\(left - 6)" y="\(y + 4)" text-anchor="end">\(value.shortText)</text>
                """
        }
        let bars = columns.indices.map { column in
            let x = left + step * Double(column) + 1.5
            return stack(column, at: x, width: step - 3, of: limit, columns[column], series)
        }
        let every = max(1, Int((46 / step).rounded(.up)))
        let labels = stride(from: 0, to: columns.count, by: every).map { column -> HTML in
            let x = left + step * Double(column) + 1.5
            let y = top + height + 17
            return "<text x=\"\(x)\" y=\"\(y)\">\(String(columns[column].suffix(5)))</text>"
        }
        let total = top + height + bottom
        return """
            <div class="plot" tabindex="0" role="group" aria-label="\(title)">\
            <svg role="img" aria-label="\(title)" viewBox="0 0 \(width) \(total)" \
            width="\(width)" height="\(total)">\(grid)\(bars)\(labels)</svg></div>\
            \(legend(series))
            """
    }

    private static func stack(
        _ column: Int,
        at x: Double,
        width: Double,
        of limit: Double,
        _ name: String,
        _ series: [Series]
    ) -> HTML {
        var y = top + height
        var words: [String] = []
        var parts: [HTML] = []
        for one in series where one.values[column] > 0 {
            let tall = height * one.values[column] / limit
            y -= tall
            words.append("\(one.name) \(one.values[column].shortText)")
            parts.append(
                """
                <rect class="\(one.style)" x="\(x)" y="\(y)" width="\(width)" height="\(tall)"/>
                """
            )
        }
        guard !parts.isEmpty else { return "" }
        return "<g><title>\(name): \(words.joined(separator: ", "))</title>\(parts)</g>"
    }

    private static func legend(_ series: [Series]) -> HTML {
        let items = series.map { one -> HTML in
            """
            <li><svg width="18" height="12" aria-hidden="true">\
            <rect class="\(one.style)" x="1" y="1" width="16" height="10"/></svg> \(one.name)</li>
            """
        }
        return "<ul class=\"legend\">\(items)</ul>"
    }

    /// The smallest of 4, 8, 12, 20, 40, 80 and so on that is not below a value.
    ///
    /// A quarter of each is a whole number.
    static func niceLimit(_ value: Double) -> Double {
        var power = 1.0
        while power < 1e12 {
            for factor in [4.0, 8, 12, 20] where factor * power >= value {
                return factor * power
            }
            power *= 10
        }
        return power
    }

    // MARK: Rows

    private static let row = 26.0
    private static let name = 104.0
    private static let bar = 200.0

    /// Rates of success with their bounds.
    static func rates(_ title: String, _ rates: [Rate]) -> HTML {
        let rows = rates.enumerated().map { index, rate -> HTML in
            let y = Double(index) * row
            let success = rate.success
            let share = Double(success.recovered) / Double(max(1, success.trials))
            let (low, high) = (name + bar * success.lower, name + bar * success.upper)
            return """
                <g><title>\(rate.name): \(success.sentence)</title>\
                <text x="\(name - 8)" y="\(y + 17)" text-anchor="end">\(rate.name)</text>\
                <rect class="rail" x="\(name)" y="\(y + 5)" width="\(bar)" height="16"/>\
                <rect class="s0" x="\(name)" y="\(y + 5)" width="\(bar * share)" height="16"/>\
                <path class="bound" d="M\(low) \(y + 13)H\(high)M\(low) \(y + 8)v10\
                M\(high) \(y + 8)v10"/></g>
                """
        }
        return rows.isEmpty ? "" : drawing(title, rows)
    }

    /// Bars by length, numbered as the rows of the table beside.
    static func bars(_ title: String, _ values: [(name: String, value: Double)]) -> HTML {
        let most = max(values.map(\.value).max() ?? 0, 0.1)
        let rows = values.enumerated().map { index, one -> HTML in
            let y = Double(index) * row
            let long = (bar + name - 100) * one.value / most
            return """
                <g><title>\(one.name): \(one.value.shortText)</title>\
                <text x="22" y="\(y + 17)" text-anchor="end">\(index + 1)</text>\
                <rect class="s1" x="30" y="\(y + 5)" width="\(long)" height="16"/>\
                <text x="\(36 + long)" y="\(y + 17)">\(one.value.shortText)</text></g>
                """
        }
        return rows.isEmpty ? "" : drawing(title, rows)
    }

    private static func drawing(_ title: String, _ rows: [HTML]) -> HTML {
        let (width, tall) = (name + bar + 6, Double(rows.count) * row + 4)
        return """
            <svg class="rows" role="img" aria-label="\(title)" \
            viewBox="0 0 \(width) \(tall)" width="\(width)" height="\(tall)">\(rows)</svg>
            """
    }
}
