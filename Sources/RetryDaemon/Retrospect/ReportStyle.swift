/// How a report's page looks: light and dark as the reader's system is, and down to the width of a
/// phone.
enum ReportStyle {
    /// The style sheet; it names no file and no font from elsewhere.
    static let sheet: HTML = """
        :root{color-scheme:light dark;--back:#ffffff;--panel:#f3f5f8;--text:#1b1f24;\
        --muted:#4f5862;--line:#c4ccd5;--c0:#1a7f37;--c1:#b3261e;--c2:#8f4700;--c3:#6f3c96;\
        --c4:#4f5862;--c5:#0a5fb0;--c6:#4f5862}
        @media (prefers-color-scheme:dark){:root{--back:#0f1318;--panel:#1a2027;--text:#e8edf2;\
        --muted:#a9b3bd;--line:#414b56;--c0:#45bd5d;--c1:#ff8078;--c2:#f0a35e;--c3:#d0a5ff;\
        --c4:#a9b3bd;--c5:#72b6ff;--c6:#a9b3bd}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
        main{max-width:76rem;margin:0 auto;padding:1rem}
        h1{font-size:1.5rem;margin:.5rem 0 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
        p,li{max-width:46rem;overflow-wrap:anywhere}
        .muted,caption{color:var(--muted)}
        dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;\
        margin:1rem 0}
        dl div{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;\
        padding:.6rem .8rem}
        dt{color:var(--muted);font-size:.9rem}dd{margin:0;font-size:1.4rem;font-weight:600}
        .pair{display:grid;gap:1rem;align-items:start}
        @media (min-width:64rem){.pair.rates{grid-template-columns:20rem minmax(0,1fr)}\
        .pair.weeks{grid-template-columns:auto minmax(0,1fr)}}
        .pair>*{min-width:0}
        .plot,.table{overflow:auto;max-width:100%}
        .weeks .table{max-height:17rem}
        .weeks thead th{position:sticky;top:0}
        .plot svg{display:block}
        svg.rows{display:block;max-width:100%;height:auto}
        svg text{fill:var(--text);font:12px system-ui,sans-serif}
        .grid{stroke:var(--line)}.rail{fill:var(--panel);stroke:var(--line)}
        .bound{fill:none;stroke:var(--text);stroke-width:1.5}
        .p{fill:var(--back)}
        .s0{fill:var(--c0);stroke:var(--c0)}.s1{fill:url(#p1);stroke:var(--c1)}
        .s2{fill:url(#p2);stroke:var(--c2)}.s3{fill:url(#p3);stroke:var(--c3)}
        .s4{fill:url(#p4);stroke:var(--c4)}.s5{fill:url(#p5);stroke:var(--c5)}
        .s6{fill:var(--back);stroke:var(--c6)}.s7{fill:url(#p7);stroke:var(--c0)}
        .f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}\
        .f4{fill:var(--c4)}.f5{fill:var(--c5)}
        .legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;\
        margin:.5rem 0}
        table{border-collapse:collapse;font-size:.9rem;width:100%}
        caption{text-align:left;padding:.25rem 0}
        th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:right;\
        vertical-align:top}
        th:first-child,td:first-child,.named th:nth-child(2){text-align:left}
        tbody th{white-space:nowrap}
        tbody th.name{min-width:14rem;overflow-wrap:anywhere;white-space:normal;font-weight:400}
        thead th{background:var(--panel);font-weight:600}
        :focus-visible{outline:2px solid var(--c5);outline-offset:2px}
        """

    /// The patterns of the parts, which differ without their colours too.
    static let patterns: HTML = """
        <svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>\
        <pattern id="p1" width="6" height="6" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><rect class="p" width="6" height="6"/>\
        <rect class="f1" width="4" height="6"/></pattern>\
        <pattern id="p2" width="5" height="5" patternUnits="userSpaceOnUse">\
        <rect class="p" width="5" height="5"/>\
        <circle class="f2" cx="2.5" cy="2.5" r="1.7"/></pattern>\
        <pattern id="p3" width="5" height="5" patternUnits="userSpaceOnUse">\
        <rect class="p" width="5" height="5"/><rect class="f3" width="2.5" height="5"/></pattern>\
        <pattern id="p4" width="5" height="5" patternUnits="userSpaceOnUse">\
        <rect class="p" width="5" height="5"/><rect class="f4" width="5" height="2"/></pattern>\
        <pattern id="p5" width="6" height="6" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(-45)"><rect class="p" width="6" height="6"/>\
        <rect class="f5" width="2" height="6"/></pattern>\
        <pattern id="p7" width="6" height="6" patternUnits="userSpaceOnUse">\
        <rect class="p" width="6" height="6"/>\
        <rect class="f0" width="3" height="3"/></pattern></defs></svg>
        """
}
