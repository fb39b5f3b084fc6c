using System.Text;
using Granary.Engine;

namespace Granary.Simulation.StrategyFiles;

/// <summary>
/// Finds the comment <c>// granary: { … }</c> of a strategy file, which has the settings of its batch. It may continue on the next lines,
/// each with <c>//</c>.
/// </summary>
internal static class SettingsComment
{
    private const string Mark = "granary:";

    /// <summary>Returns the JSON of the comment, moved so that its lines and columns are the file's.</summary>
    /// <param name="file">Name of the file, for messages.</param>
    /// <returns>An empty object if there is no comment.</returns>
    /// <exception cref="InputException">There are two comments, or one that is not understood.</exception>
    public static string Find(string file, string text)
    {
        var lines = text.Split('\n');
        var starts = Enumerable.Range(0, lines.Length).Where(i => Begins(file, lines[i], i)).ToList();
        if (starts.Count == 0) return "{}";
        if (starts.Count > 1)
            throw new InputException($"{file}, line {starts[1] + 1}: a comment '// {Mark}' is in line {starts[0] + 1} already; write all "
                + "settings into one");
        var json = new StringBuilder().Append('\n', starts[0]);
        var nesting = new Nesting();
        for (var i = starts[0]; i < lines.Length; i++)
        {
            var slashes = lines[i].IndexOf("//", StringComparison.Ordinal);
            if (i > starts[0] && (slashes < 0 || lines[i].AsSpan(0, slashes).Trim().Length > 0)) break;
            var first = i == starts[0] ? lines[i].IndexOf(Mark, StringComparison.Ordinal) + Mark.Length : slashes + 2;
            var end = nesting.Read(lines[i], first);
            json.Append(' ', first).Append(lines[i], first, end - first).Append('\n');
            if (!nesting.IsClosed) continue;
            var rest = lines[i].AsSpan(end).Trim();
            if (rest.Length > 0 && !rest.StartsWith("//"))
                throw new InputException($"{file}, line {i + 1}: there is more text behind the settings; end the comment with the '}}'");
            break;
        }
        return json.ToString();
    }

    private static bool Begins(string file, string line, int index)
    {
        var text = line.AsSpan().TrimStart();
        var comment = text.TrimStart("/*! ");
        if (comment.Length == text.Length || !comment.StartsWith(Mark, StringComparison.Ordinal)) return false;
        if (text.StartsWith("//") && !text.StartsWith("///")) return true;
        throw new InputException($"{file}, line {index + 1}: the settings of the batch are read from a comment with '//'; write "
            + $"'// {Mark} {{ … }}'");
    }

    // Depth of braces outside of texts.
    private sealed class Nesting
    {
        private int _depth;
        private bool _inText, _begun;

        public bool IsClosed => _begun && _depth == 0;

        // Returns the position behind the last brace, or the end of the line.
        public int Read(string line, int first)
        {
            for (var i = first; i < line.Length; i++)
            {
                var c = line[i];
                if (_inText)
                {
                    if (c == '\\') i++;
                    else if (c == '"') _inText = false;
                    continue;
                }
                if (c == '/' && i + 1 < line.Length && line[i + 1] == '/') return line.Length;
                if (c == '"') _inText = true;
                else if (c is '{' or '[') (_depth, _begun) = (_depth + 1, true);
                else if (c is '}' or ']') _depth--;
                if (IsClosed) return i + 1;
            }
            _inText = false;
            return line.Length;
        }
    }
}
