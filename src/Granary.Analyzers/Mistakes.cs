using Microsoft.CodeAnalysis;

namespace Granary.Analyzers;

/// <summary>The mistakes that the analyzer finds; docs/analyzers.md has a section for each.</summary>
internal static class Mistakes
{
    public static readonly DiagnosticDescriptor LaterBar = Of("GRN001", "A later bar is read",
        "'{0}' reads a bar that comes later: at this bar it is not known. Read this bar or earlier ones");

    public static readonly DiagnosticDescriptor Clock = Of("GRN002", "The clock is read",
        "'{0}' reads the clock of the machine, so that a run cannot be repeated. Take the time from the bar");

    public static readonly DiagnosticDescriptor Random = Of("GRN003", "A random value has no seed",
        "'{0}' gives other values in each run. Use new Random(seed) with a seed that is a parameter");

    public static readonly DiagnosticDescriptor SharedState = Of("GRN004", "State is shared between instances",
        "'{0}' is static and can change: the strategies of a batch run at the same time and would share it. Make it a field of the instance, "
            + "or a constant");

    public static readonly DiagnosticDescriptor Outside = Of("GRN005", "The outside is used",
        "'{0}' reads or waits for something outside of the bars, so that a run cannot be repeated. Pass values as parameters, or as further "
            + "columns of the bars");

    private static DiagnosticDescriptor Of(string id, string title, string message) => new(id, title, message, "Granary",
        DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: "docs/analyzers.md#" + id.ToLowerInvariant());
}
