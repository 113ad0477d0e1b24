/// What every page has: its head, its style, and its tables.
enum PageFrame {
    /// A page that needs nothing else: no script, no file, no font.
    static func page(_ title: String, _ content: () -> HTML) -> String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <link rel="icon" href="data:,">
            <title>\(title)</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            \(ReportStyle.patterns)
            <main>
            \(content())
            </main>
            </body>
            </html>

            """
        return page.text
    }

    /// A table that scrolls within the page.
    static func table(_ caption: String, _ columns: [String], _ rows: [HTML]) -> HTML {
        let heads = columns.map { column -> HTML in "<th scope=\"col\">\(column)</th>" }
        return """
            <div class="table" tabindex="0" role="group" aria-label="\(caption)"><table>\
            <caption>\(caption)</caption><thead><tr>\(heads)</tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    /// A row of a table that names what it is of.
    static func row(_ name: String, _ cells: [String]) -> HTML {
        let cells = cells.map { cell -> HTML in "<td>\(cell)</td>" }
        return "<tr><th scope=\"row\" class=\"name\">\(name)</th>\(cells)</tr>\n"
    }

    /// How to read the page.
    static func notes(_ notes: [String]) -> HTML {
        let items = notes.map { note -> HTML in "<li>\(note)</li>" }
        return "<h2>How to read this</h2>\n<ul>\(items)</ul>"
    }
}
