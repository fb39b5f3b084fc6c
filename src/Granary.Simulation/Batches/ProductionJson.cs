using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>
/// Writes prod.json, which a live session loads: the strategies that have a weight, with their markets, and the limits of the portfolio.
/// </summary>
internal static class ProductionJson
{
    public const int Version = 1;

    /// <param name="byState">Weights per regime state by strategy index; null if weights do not depend on regimes.</param>
    /// <param name="models">Models of the strategies and the portfolio; null if there are none.</param>
    /// <param name="policy">Policy that decides the weights row by row; null if the weights are constant.</param>
    public static byte[] Write(BatchPlan plan, RunModel run, ProductionModels? models = null, double[]?[]? byState = null,
        ProductionPolicy? policy = null)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var spec = plan.Spec;
            json.WriteStartObject();
            Head(json, spec, run);
            CodeSection.Write(json, spec);
            Data(json, spec.Data, plan, run.Strategies.Where(IsIn)
                .SelectMany(e => plan.Instances[e.Index].Symbols.Concat(plan.Instances[e.Index].References)));
            if (spec.Universe is { } universe) Universe(json, universe);
            json.WriteStartObject("account");
            RecordKeys<AccountKeys>.Write(json, spec.Account with { Cash = spec.Cash });
            json.WriteEndObject();
            if (spec.Benchmark is { } benchmark) json.WriteString("benchmark", benchmark.String());
            if (spec.Outputs.Formats.Count > 0) Formats(json, spec.Outputs);
            if (spec.PeriodsPerYear is { } perYear) json.WriteNumber("periodsPerYear", perYear);
            json.WriteStartObject("execution");
            ExecutionSection.Write(json, spec.Execution);
            json.WriteEndObject();
            Portfolio(json, spec.Portfolio);
            json.WriteStartArray("strategies");
            foreach (var entry in run.Strategies)
                if (IsIn(entry))
                    Strategy(json, plan.Instances[entry.Index], entry, byState is null ? null
                        : (Regimes(plan).States, byState[entry.Index]!));
            json.WriteEndArray();
            if (plan.Spec.Regimes is not null || byState is not null)
            {
                json.WritePropertyName("regimes");
                json.WriteRawValue(RegimeReader.ToJson(Regimes(plan)));
            }
            policy?.Write(json);
            if (models is not null)
            {
                json.WritePropertyName("models");
                json.WriteRawValue(models.Json);
                Risk(json, spec.Portfolio.Risk, models.RiskVersions);
            }
            if (run.Section<ValidationChecks>() is { } checks)
            {
                json.WritePropertyName(ValidationChecks.Key);
                json.WriteRawValue(checks.ToJson());
                if (StatedFindings.Of(checks) is { } stated)
                {
                    json.WritePropertyName(StatedFindings.Key);
                    json.WriteRawValue(stated.ToJson());
                }
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();

        bool IsIn(StrategyEntry entry) => entry.Weight != 0 || policy?.Strategies.Contains(entry.Index) == true;
    }

    private static void Head(Utf8JsonWriter json, BatchSpec spec, RunModel run)
    {
        json.WriteNumber("version", Version);
        json.WriteString("name", run.Name);
        json.WriteString("run", run.Run);
        json.WriteString("folder", spec.Place.KeptFolder);
        json.WriteNumber("seed", spec.Seed);
        json.WriteString("digest", run.Digest);
        json.WriteString("created", run.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
    }

    private static void Universe(Utf8JsonWriter json, UniverseSpec universe)
    {
        json.WriteStartObject("universe");
        RecordKeys<UniverseKeys>.Write(json, universe.Keys);
        json.WriteEndObject();
    }

    private static void Data(Utf8JsonWriter json, DataSpec data, BatchPlan plan, IEnumerable<string> symbols)
    {
        json.WriteStartObject("data");
        if (data.Parts.Count > 0)
        {
            json.WriteStartArray("parts");
            foreach (var (part, own) in data.Place.List().Zip(data.Parts)) Part(json, part, own.Data, plan);
            json.WriteEndArray();
            if (data.Fx is { } rates)
            {
                json.WritePropertyName("fx");
                FxKey.Type.Write(json, rates);
            }
            json.WriteEndObject();
            return;
        }
        json.WriteString("source", data.Source.Written);
        RecordKeys<DataKeys>.Write(json, new DataKeys
        {
            Format = data.Format,
            // A ranking needs the symbols that are not traded too.
            Symbols = [.. (plan.Spec.Universe?.Rule is null ? symbols : symbols.Concat(plan.Symbols)).Distinct(StringComparer.Ordinal)],
            Timeframe = data.Timeframe,
            WarmUp = data.WarmUp,
            TimeZone = data.TimeZone,
            Adjust = data.Adjust,
            Stamp = data.Stamp,
            Columns = data.Columns,
            FurtherColumns = data.FurtherColumns,
            Asof = data.Asof,
            Instruments = Instruments(data, plan.Sessions),
            Funding = data.Funding,
            Fx = data.Fx,
            Borrow = data.Borrow,
        });
        json.WriteEndObject();
    }

    private static void Part(Utf8JsonWriter json, JsonPart part, DataSpec data, BatchPlan plan)
    {
        json.WriteStartObject();
        foreach (var (key, value) in part.Members.Where(m => m.Name != "instruments"))
        {
            json.WritePropertyName(key);
            value.WriteTo(json);
        }
        var instruments = Instruments(data, plan.Sessions.Where(s => data.Symbols.Contains(s.Key, StringComparer.Ordinal)));
        if (instruments.Count > 0)
        {
            json.WritePropertyName("instruments");
            KeyType.Of(instruments.GetType()).Write(json, instruments);
        }
        json.WriteEndObject();
    }

    // A session trades by the sessions that the backtest inferred, since it does not have the bars that show them.
    private static IReadOnlyDictionary<string, InstrumentKeys> Instruments(DataSpec data,
        IEnumerable<KeyValuePair<string, SessionCalendar>> sessions)
    {
        var instruments = new Dictionary<string, InstrumentKeys>(data.Instruments, StringComparer.Ordinal);
        foreach (var (symbol, calendar) in sessions.OrderBy(s => s.Key, StringComparer.Ordinal))
            // The settings of all other symbols do not apply to one with settings of its own.
            instruments[symbol] = (data.Instruments.GetValueOrDefault(symbol) ?? data.Instruments.GetValueOrDefault("*")
                ?? new InstrumentKeys()) with
            { Session = calendar };
        return instruments;
    }

    private static void Risk(Utf8JsonWriter json, IReadOnlyList<RiskUse> risk, IReadOnlyDictionary<string, string> versions)
    {
        List<RiskUse> registered = [.. risk.Where(u => versions.ContainsKey(u.Model.Name))];
        if (registered.Count == 0) return;
        json.WriteStartArray("risk");
        foreach (var use in registered)
        {
            json.WriteStartObject();
            json.WriteString("model", versions[use.Model.Name]);
            json.WriteString("symbol", use.Symbol);
            json.WriteString("timeframe", use.Timeframe.ToString());
            json.WriteStartArray("strategies");
            foreach (var id in use.Strategies) json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static RegimePlan Regimes(BatchPlan plan) => plan.Spec.Regimes ?? RegimePlan.ShortAndLong();

    // Copies the section without the settings that chose the weights, because the configuration contains the weights themselves.
    private static void Formats(Utf8JsonWriter json, OutputSet outputs)
    {
        json.WriteStartArray("outputs");
        foreach (var format in outputs.Formats) json.WriteStringValue(format);
        json.WriteEndArray();
    }

    private static void Portfolio(Utf8JsonWriter json, PortfolioSpec portfolio)
    {
        json.WriteStartObject("portfolio");
        foreach (var (name, value) in portfolio.Place?.Members ?? [])
        {
            if (name is "weights" or "rebalance" or "allocator" or "chosenBefore") continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void Strategy(Utf8JsonWriter json, StrategyInstance instance, StrategyEntry entry,
        (IReadOnlyList<string> States, double[] Weights)? byState)
    {
        json.WriteStartObject();
        json.WriteString("id", instance.Id);
        json.WriteString("class", instance.Definition.Name);
        json.WriteStartObject("params");
        foreach (var (name, value) in instance.Params) ResultsJson.Value(json, name, value);
        json.WriteEndObject();
        if (instance.Symbols.Count == 1)
        {
            json.WriteString("symbol", instance.Symbols[0]);
        }
        else
        {
            json.WriteStartArray("symbols");
            foreach (var symbol in instance.Symbols) json.WriteStringValue(symbol);
            json.WriteEndArray();
        }
        if (instance.References.Count > 0)
        {
            json.WriteStartArray("references");
            foreach (var symbol in instance.References) json.WriteStringValue(symbol);
            json.WriteEndArray();
        }
        json.WriteString("timeframe", instance.Timeframe.ToString());
        RecordKeys<TradingSettings>.Write(json, instance.Trading);
        json.WriteNumber("weight", entry.Weight);
        if (byState is { } b)
        {
            json.WriteStartObject("weightByState");
            for (var s = 0; s < b.Weights.Length; s++) json.WriteNumber(b.States[s], b.Weights[s]);
            json.WriteEndObject();
        }
        if (entry.Model is null) json.WriteNull("model");
        else json.WriteString("model", entry.Model);
        json.WriteEndObject();
    }
}
