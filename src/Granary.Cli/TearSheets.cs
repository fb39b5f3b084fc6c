using Granary.Application.Analyze;

namespace Granary.Cli;

/// <summary>The page that <c>analyze --out</c> writes.</summary>
internal static class TearSheets
{
    public static void Write(TextWriter writer, string name, CurveAnalysis analysis) => throw new NotSupportedException("the tear sheet is not there yet");
}
