using System.Text.Json;
using Granary.Application.Simulation;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;

namespace Granary.Application.Regimes;

/// <summary>
/// The section of results.json on regimes: states over time, how they follow one another, what the market did after them, and how far the
/// machines agree.
/// </summary>
internal static class RegimesJson
{
    public const string Section = "regimes";

    private const int MostMarkets = 12, MostPoints = 600;

    /// <param name="from">UTC ticks: bars before it only warm the machines up.</param>
    public static async Task<string> WriteAsync(
        RegimePlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, long from, CancellationToken cancellationToken)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("markets", markets.Count);
            json.WriteStartArray("charts");
            foreach (var market in markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Take(MostMarkets))
                Market(json, plan, (await MarketStates.RunAsync(market, plan, cancellationToken)).Since(from));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Market(Utf8JsonWriter json, RegimePlan plan, MarketStates states)
    {
        json.WriteStartObject();
        json.WriteString("symbol", states.Symbol);
        json.WriteString("timeframe", states.Timeframe.ToString());
        // The chart's points are the last bars of equal stretches.
        var n = states.Time.Length;
        var points = Math.Min(n, MostPoints);
        int BarOf(int point) => (int)((long)(point + 1) * n / points) - 1;
        json.WriteStartArray("time");
        for (var p = 0; p < points; p++) json.WriteNumberValue(states.Time[BarOf(p)]);
        json.WriteEndArray();
        json.WriteStartArray("close");
        for (var p = 0; p < points; p++) json.WriteNumberValue(states.Close[BarOf(p)]);
        json.WriteEndArray();
        var returns = new double[n];
        for (var i = 0; i < n; i++) returns[i] = i == 0 ? double.NaN : states.Close[i] / states.Close[i - 1] - 1;
        var rows = plan.Machines.Select((m, k) => (m.Name, m.States, Values: states.Machines[k])).ToList();
        if (rows.Count > 1) rows.Add(("together", plan.States, states.Whole));
        json.WriteStartArray("machines");
        foreach (var (name, names, values) in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartArray("names");
            foreach (var state in names) json.WriteStringValue(state);
            json.WriteEndArray();
            json.WriteStartArray("states");
            for (var p = 0; p < points; p++) json.WriteNumberValue(values[BarOf(p)]);
            json.WriteEndArray();
            var transitions = RegimeTransitions.Of(values, names.Count);
            var after = RegimeTransitions.NextReturns(values, returns, names.Count);
            json.WriteStartArray("statistics");
            for (var s = 0; s < names.Count; s++)
            {
                json.WriteStartObject();
                json.WriteString("state", names[s]);
                ResultsJson.Number(json, "share", transitions.Share[s]);
                json.WriteNumber("spells", transitions.Spells[s]);
                ResultsJson.Number(json, "meanSpell", transitions.MeanSpell[s]);
                ResultsJson.Number(json, "nextReturn", after[s].Mean);
                ResultsJson.Number(json, "nextDeviation", after[s].Deviation);
                json.WriteStartArray("to");
                for (var t = 0; t < names.Count; t++)
                {
                    var p = transitions.Probabilities[s, t];
                    if (double.IsFinite(p)) json.WriteNumberValue(p);
                    else json.WriteNullValue();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("agreement");
        for (var a = 0; a < plan.Machines.Count; a++)
            for (var b = a + 1; b < plan.Machines.Count; b++)
            {
                var agreement = RegimeAgreement.Of(states.Machines[a], plan.Machines[a].States.Count, states.Machines[b],
                    plan.Machines[b].States.Count);
                json.WriteStartObject();
                json.WriteString("first", plan.Machines[a].Name);
                json.WriteString("second", plan.Machines[b].Name);
                ResultsJson.Number(json, "adjustedRand", agreement.AdjustedRand);
                json.WriteEndObject();
            }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
