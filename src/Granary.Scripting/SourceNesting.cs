using Granary.Simulation.Plugins;

namespace Granary.Scripting;

/// <summary>
/// Refuses a source that is nested so deeply that the compiler would use up its stack, which ends the process: it follows brackets, type
/// arguments and chains of calls by recursion without a limit.
/// </summary>
internal static class SourceNesting
{
    private const int Most = 500;

    /// <summary>Returns the place of the bracket that is nested too deeply; null if none is.</summary>
    public static CodeDiagnostic? FaultOf(CodeSource source)
    {
        int brackets = 0, types = 0, calls = 0, line = 1, start = 0;
        var before = ' ';
        for (var i = 0; i < source.Text.Length; i++)
        {
            var c = source.Text[i];
            if (c == '.' && before == ')') calls++;
            if (!char.IsWhiteSpace(c)) before = c;
            switch (c)
            {
                case '(' or '[' or '{':
                    brackets++;
                    break;
                case ')' or ']' or '}':
                    brackets = Math.Max(0, brackets - 1);
                    break;
                case '<':
                    types++;
                    break;
                case '>':
                    types = Math.Max(0, types - 1);
                    break;
                case ';' or '&' or '|' or '=':
                    // None of these is among type arguments, so that what came before were comparisons.
                    types = 0;
                    if (c == ';') calls = 0;
                    break;
                case '\n':
                    (line, start) = (line + 1, i + 1);
                    break;
            }
            if (brackets > Most || types > Most || calls > Most)
                return new CodeDiagnostic(source.Name, line, i - start + 1, CodeSeverity.Error, "GR0003",
                    $"the file is nested deeper than {Most} brackets or calls here; divide the expression");
        }
        return null;
    }
}
