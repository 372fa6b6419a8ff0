/* html.c -- see html.h. */
#include "experiments/html.h"

#include <stdarg.h>
#include <string.h>

/* --- text ---------------------------------------------------------------------------------------------------------------- */

static const char *safe_form(char c)
{
    switch (c) {
    case '&':  return "&amp;";
    case '<':  return "&lt;";
    case '>':  return "&gt;";
    case '"':  return "&quot;";
    case '\'': return "&#39;";
    default:   return (unsigned char)c < ' ' && c != '\n' && c != '\t' ? "\u00b7" : NULL;
    }
}

/* Valid UTF-8; runs of plain characters go in as they are. */
static void add_valid(s2s_string *ret, s2s_text text)
{
    size_t first = 0;

    for (size_t i = 0; i < text.length; i++) {
        const char *form = safe_form(text.chars[i]);

        if (form == NULL)
            continue;
        s2s_string_append(ret, text.chars + first, i - first);
        s2s_string_add(ret, form);
        first = i + 1;
    }
    s2s_string_append(ret, text.chars + first, text.length - first);
}

void s2s_html_add_text(s2s_string *ret, s2s_text text)
{
    while (text.length > 0) {
        const size_t good = s2s_text_utf8_error(text), taken = good < text.length ? good + 1 : good;

        add_valid(ret, (s2s_text){ text.chars, good });
        if (good < text.length)
            s2s_string_add(ret, "\ufffd");
        text = (s2s_text){ text.chars + taken, text.length - taken };
    }
}

void s2s_html_add(s2s_string *ret, const char *text) { s2s_html_add_text(ret, s2s_text_of(text)); }

void s2s_html_printf(s2s_string *ret, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    for (const char *c = format; *c; c++) {
        if (*c != '%')
            s2s_string_append(ret, c, 1);
        else if (*++c == 's')
            s2s_html_add(ret, va_arg(arguments, const char *));
        else
            s2s_string_add(ret, "%");
    }
    va_end(arguments);
}

/* --- the page ------------------------------------------------------------------------------------------------------------ */

static const char style[] =
    ":root{color-scheme:light dark;--page:#f6f7f8;--card:#fff;--ink:#1c1f23;--soft:#5a626c;--rule:#dfe3e7;--grid:#e6e9ed;--faint:#b9c0c8;"
    "--accent:#0b62b5;--good:#16752f;--bad:#bb2626;--heat:11 98 181;"
    "--line-0:#0072b2;--line-1:#d55e00;--line-2:#009e73;--line-3:#b5568f;--line-4:#b87d00;--line-5:#3a97d3;--line-6:#7a5195;--line-7:#5c5c5c}"
    "@media(prefers-color-scheme:dark){:root{--page:#121417;--card:#1b1e23;--ink:#e5e8ec;--soft:#a0a9b4;--rule:#333941;--grid:#2a2f36;"
    "--faint:#4d5661;--accent:#7cbcff;--good:#58c475;--bad:#ff7b72;--heat:88 166 255;"
    "--line-0:#58a6ff;--line-1:#ff9a57;--line-2:#3fcf9e;--line-3:#e59ac6;--line-4:#e3b341;--line-5:#8fd0ff;--line-6:#bd9be0;--line-7:#b3b9c0}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
    "main{max-width:1120px;margin:0 auto;padding:24px 20px 64px}"
    "h1{font-size:1.7rem;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:40px 0 12px}h3{font-size:1rem;margin:24px 0 8px}"
    "p{margin:0 0 12px;max-width:75ch}.soft{color:var(--soft)}.notes{white-space:pre-line;font-size:.85rem;margin-top:8px}a{color:var(--accent)}"
    ".card,figure,details{background:var(--card);border:1px solid var(--rule);border-radius:8px}"
    ".facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:20px 0 0;padding:0}"
    ".facts div{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 14px;min-width:0}"
    ".facts dt{color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}.facts dd{margin:0;font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}"
    ".facts small{display:block;font-size:.8rem;font-weight:400;color:var(--soft)}"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:16px}"
    "figure{margin:0;padding:12px 14px;min-width:0}figure h3{margin:0 0 4px;font-size:.95rem;overflow-wrap:anywhere}"
    "figure svg{display:block;width:100%;height:auto}"
    "svg text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:var(--soft)}"
    ".mark{fill:var(--ink)!important;paint-order:stroke;stroke:var(--card);stroke-width:3px}"
    ".grid{stroke:var(--grid);stroke-width:1}.axis{stroke:var(--faint);stroke-width:1}"
    ".line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.dashed{stroke-dasharray:5 4}"
    ".band{stroke:none;opacity:.18}.point{stroke:var(--card);stroke-width:.5;opacity:.8}"
    "figcaption{display:flex;flex-wrap:wrap;gap:2px 14px;margin-top:6px;font-size:.82rem;color:var(--soft)}"
    "figcaption span{overflow-wrap:anywhere}figcaption svg{display:inline-block;width:22px;height:10px;margin-right:5px}"
    ".s0{--c:var(--line-0)}.s1{--c:var(--line-1)}.s2{--c:var(--line-2)}.s3{--c:var(--line-3)}"
    ".s4{--c:var(--line-4)}.s5{--c:var(--line-5)}.s6{--c:var(--line-6)}.s7{--c:var(--line-7)}"
    ".line{stroke:var(--c)}.line.faint{stroke:var(--faint);stroke-width:1;opacity:.55}.many .faint{opacity:.15}.band,.point{fill:var(--c)}"
    ".scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px}"
    "table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}"
    "th,td{padding:5px 12px;text-align:right;border-top:1px solid var(--rule);white-space:nowrap;vertical-align:top}"
    "thead th{border-top:0;color:var(--soft);font-weight:600}th:first-child,td:first-child,.left{text-align:left!important}"
    "tbody th{font-weight:400}td.text{white-space:pre-wrap;overflow-wrap:anywhere;text-align:left;min-width:9ch}"
    ".ok{color:var(--good)}.wrong{color:var(--bad)}"
    ".tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:20px 16px;align-items:start}"
    ".tables thead th{white-space:normal;vertical-align:bottom}.tables h3{margin:0 0 6px}"
    ".heat td{padding:4px 6px;text-align:center;border:1px solid var(--card);background:rgb(var(--heat)/var(--share));min-width:2.4em}"
    ".heat th{padding:4px 8px;font-weight:400;color:var(--soft)}.heat td.full{color:var(--card)}"
    "details{margin:10px 0;padding:0 14px}summary{cursor:pointer;padding:10px 0;font-weight:600}details[open]{padding-bottom:14px}"
    "details .scroll{border:0}"
    "pre{margin:0;overflow-x:auto;font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}"
    ".note{background:var(--card);border:1px solid var(--rule);border-left:4px solid var(--accent);border-radius:6px;padding:8px 14px;margin:12px 0}"
    ".tall{max-height:36rem;overflow:auto}.tall thead th{position:sticky;top:0;background:var(--card)}"
    "hr{border:0;border-top:1px solid var(--rule);margin:48px 0 0}"
    "@media(max-width:520px){main{padding:16px 12px 48px}th,td{padding:5px 8px}svg text{font-size:15px}.facts{grid-template-columns:repeat(2,1fr)}}"
    "@media print{body{background:#fff}figure,.facts div{break-inside:avoid}}";

void s2s_html_begin(s2s_string *ret, const char *title)
{
    s2s_html_printf(ret, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>", title);
    s2s_string_add(ret, style);
    s2s_string_add(ret, "</style>\n</head>\n<body>\n<main>\n");
}

void s2s_html_end(s2s_string *ret) { s2s_string_add(ret, "</main>\n</body>\n</html>\n"); }

void s2s_html_begin_table(s2s_string *ret, const char *label)
{
    s2s_html_printf(ret, "<div class=\"scroll tall\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n<table>\n", label);
}

void s2s_html_end_table(s2s_string *ret) { s2s_string_add(ret, "</table>\n</div>\n"); }
