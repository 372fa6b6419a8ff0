# source.awk -- check C sources; prints "file:line: fault".
#
# Floors: a file includes its own folder and lower floors only; folders on one floor do not know each other.
# Calls: what only some folders may call, by name. Lengths: files, functions, lines.

BEGIN {
    floor["toolkit/base"] = 0
    floor["toolkit/config"] = floor["toolkit/math"] = 1
    floor["toolkit/layers"] = floor["datasets"] = 2
    floor["toolkit/graph"] = 3
    floor["toolkit/train"] = 4
    floor["experiments"] = 5
    floor["experiments/cli"] = 6

    FILE_LINES = 600; FUNCTION_LINES = 60; LINE_COLUMNS = 160

    memory_files_time = "malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf|aligned_alloc|posix_memalign|" \
                        "fopen|fdopen|freopen|open|creat|opendir|time|gettimeofday|clock_gettime|clock|localtime|gmtime"
    printing = "printf|vprintf|puts|putchar|perror|stdout|stderr"
    leaving = "exit|_exit|_Exit|abort|quick_exit"
    intrinsics = "_mm[0-9]*_[a-z0-9_]+|__m(128|256|512)[id]?|v(ld1|st1|fma|add|mul)q?_[fsu][0-9]+"
}

FNR == 1 {
    end_of_file()
    file = FILENAME; folder = folder_of(file)
    depth = in_comment = in_function = 0; head = ""
}

{ lines = FNR }
length($0) > LINE_COLUMNS { fault("line of " length($0) " columns (limit " LINE_COLUMNS ")") }
/\t/                      { fault("tab") }

/^[ ]*#[ ]*include[ ]*"/ { included($0) }
/^[ ]*#[ ]*include[ ]*<(immintrin|x86intrin|arm_neon)\.h>/ && folder != "toolkit/math" { fault("intrinsics belong to toolkit/math") }

{
    code = bare($0)
    if ((folder in floor) && depth > 0) {       # a definition is no call
        if (folder != "toolkit/base") forbid(code, memory_files_time, "is base's to call")
        if (folder != "toolkit/math") forbid(code, intrinsics, "is an intrinsic: they belong to toolkit/math")
        if (file !~ /^experiments/)   forbid(code, printing, "in library code: it never prints")
        if (folder != "experiments/cli") forbid(code, leaving, "outside the command line: return a status")
    }
    measure(code)
}

END { end_of_file(); circles() }

function fault(text) { print file ":" FNR ": " text }

function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }

function end_of_file() {
    if (file != "" && lines > FILE_LINES) print file ":" lines ": file of " lines " lines (limit " FILE_LINES ")"
}

# "x.h", "floor/x.h" or "datasets/x.h" -> the file it means, or "".
function resolve(name,    try, i, n) {
    n = split(folder "/ toolkit/ ./", try, " ")
    for (i = 1; i <= n; i++) {
        path = try[i] name
        sub(/^\.\//, "", path)
        if (path in known || (getline ignored < path) >= 0) { close(path); known[path] = 1; return path }
    }
    return ""
}

function included(line,    name, target, there) {
    name = line
    sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
    target = resolve(name)
    if (target == "") { fault("includes " name ", which is not there"); return }
    if (target != file || target !~ /\.def$/) edges[file] = edges[file] " " target
    there = folder_of(target)
    if (!(folder in floor) || there == folder) return
    if (!(there in floor))                   fault("includes " name ", which stands on no floor")
    else if (floor[there] >= floor[folder])  fault(folder " (floor " floor[folder] ") includes " there " (floor " floor[there] ")")
}

# The line without comments, and with empty strings.
function bare(line,    out, i, c, two) {
    out = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1); two = substr(line, i, 2)
        if (in_comment) { if (two == "*/") { in_comment = 0; i++ } }
        else if (two == "/*") { in_comment = 1; i++ }
        else if (two == "//") break
        else if (c == "\"" || c == "'") {
            out = out c c
            for (i++; i <= length(line) && substr(line, i, 1) != c; i++) if (substr(line, i, 1) == "\\") i++
        }
        else out = out c
    }
    return out
}

# Names as whole words; members (a.b, a->b) and declarations of members are not calls.
function forbid(text, names, why,    word, before) {
    while (match(text, "(^|[^A-Za-z0-9_])(" names ")([^A-Za-z0-9_]|$)")) {
        word = substr(text, RSTART, RLENGTH); before = substr(text, 1, RSTART)
        gsub(/[^A-Za-z0-9_]/, "", word)
        text = substr(text, RSTART + RLENGTH - 1)
        if (before !~ /(\.|->)$/ && (text ~ /^[ ]*\(/ || word ~ /^std|^_/)) fault(word " " why)
    }
}

# Lines of each function: from the brace that opens at depth 0 behind a parameter list to the one that closes.
function measure(text,    i, c) {
    if (text ~ /^[ ]*#/) return
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "{" && depth++ == 0) { in_function = (head ~ /\)[ ]*$/ && head !~ /=/); first = FNR }
        else if (c == "}" && --depth == 0) {
            if (in_function && FNR - first >= FUNCTION_LINES) fault("function of " FNR - first + 1 " lines (limit " FUNCTION_LINES ")")
            head = ""
        }
        else if (c == ";" && depth == 0) head = ""
        else if (depth == 0) head = head c
    }
}

# Depth-first over the includes: grey files are on the way, a second visit to one closes a circle.
function visit(node,    i, n, next_) {
    colour[node] = "grey"
    n = split(edges[node], next_, " ")
    for (i = 1; i <= n; i++) {
        if (colour[next_[i]] == "grey") print node ":1: includes " next_[i] ", which leads back to it"
        else if (colour[next_[i]] == "") visit(next_[i])
    }
    colour[node] = "black"
}

function circles(    node) { for (node in edges) if (colour[node] == "") visit(node) }
