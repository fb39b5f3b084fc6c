using System.Diagnostics.Metrics;
using System.Text;

namespace Granary.Api.Telemetry;

/// <summary>The name of an instrument in the Prometheus text format, after Prometheus' rules for names and units.</summary>
/// <param name="Text">In lower case with underscores, the unit last; counters end in <c>_total</c>.</param>
/// <param name="Type">counter, gauge or histogram.</param>
/// <param name="Scale">Factor from the instrument's unit to the base unit of the name.</param>
internal sealed record MetricName(string Text, string Type, double Scale)
{
    public static MetricName Of(Instrument instrument)
    {
        var type = TypeOf(instrument);
        var (unit, scale) = instrument.Unit switch
        {
            "s" => ("seconds", 1.0),
            "ms" => ("seconds", 1e-3),
            "By" => ("bytes", 1.0),
            _ => ("", 1.0),
        };
        var name = Label(instrument.Name);
        foreach (var end in (string[])["_total", "_count", "_sum", "_bucket"])
            if (name.EndsWith(end, StringComparison.Ordinal))
                name = name[..^end.Length];
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal)) name += "_" + unit;
        return new MetricName(type == "counter" ? name + "_total" : name, type, scale);
    }

    /// <summary>A name of letters, digits and underscores: dots and dashes become underscores.</summary>
    public static string Label(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_');
        return text.ToString();
    }

    private static string TypeOf(Instrument instrument)
    {
        var kind = instrument.GetType();
        var name = kind.IsGenericType ? kind.GetGenericTypeDefinition() : kind;
        return name == typeof(Counter<>) || name == typeof(ObservableCounter<>) ? "counter"
            : name == typeof(Histogram<>) ? "histogram" : "gauge";
    }
}
