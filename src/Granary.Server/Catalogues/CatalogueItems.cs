using Granary.Contracts.Catalogues;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Simulation.Catalogues;

namespace Granary.Server.Catalogues;

/// <summary>The classes of a process, for forms and assistants.</summary>
internal static class CatalogueItems
{
    public static IReadOnlyList<CatalogueItem> Strategies(GranaryCatalogues known) =>
        [.. known.Strategies.All.Select(d => new CatalogueItem(d.Name, d.Summary, ParametersOf(d.Parameters)))];

    public static IReadOnlyList<CatalogueItem> Factors(GranaryCatalogues known) => [.. known.Factors.All.Select(d =>
        new CatalogueItem(d.Name, d.Summary, ParametersOf(d.Parameters), [.. d.Lines.Where(l => l.Length > 0)]))];

    public static IReadOnlyList<CatalogueItem> Trainers(GranaryCatalogues known) =>
        [.. known.Trainers.List().Trainers.Select(d => new CatalogueItem(d.Name, d.Summary, ParametersOf(d.Parameters)))];

    public static IReadOnlyList<CatalogueItem> Brokers(GranaryCatalogues known) =>
        [.. known.Brokers.All.Select(d => new CatalogueItem(d.Name, d.Summary, ParametersOf(d.Parameters)))];

    /// <summary>The statistics that a search or a walk-forward can have as its objective.</summary>
    public static IReadOnlyList<CatalogueObjective> Objectives(GranaryCatalogues known) =>
        [.. known.Metrics.Objectives.Select(m => new CatalogueObjective(m.Key, m.Name, m.Unit.ToString().ToLowerInvariant(),
            m.Better == MetricDirection.Lower ? "lower" : "higher", m.Formula))];

    public static IReadOnlyList<CatalogueParameter> ParametersOf(IEnumerable<DeclaredKey> parameters) => [.. parameters.Select(p =>
        new CatalogueParameter(p.Name, WordOf(p.Type), p.Type.IsEnum ? p.Default?.ToString()?.ToLowerInvariant() : p.Default,
            double.IsFinite(p.Minimum) ? p.Minimum : null, double.IsFinite(p.Maximum) ? p.Maximum : null,
            p.Type.IsEnum ? [.. Enum.GetNames(p.Type).Select(n => n.ToLowerInvariant())] : null))];

    private static string WordOf(Type type) => type.IsEnum ? "enum" : Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => "int",
        TypeCode.Double => "double",
        TypeCode.Boolean => "bool",
        _ => "string",
    };
}
