using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Backtesting.FactorStudies;

/// <summary>A validated request of a factor study.</summary>
internal sealed record FactorStudySpec
{
    /// <summary>More factors need more memory than a study is worth; a search of features tests hundreds.</summary>
    private const int MostFactors = 100;

    public required GranaryCatalogues Catalogues { get; init; }

    public required DataSpec Data { get; init; }

    /// <summary>The symbols that count, by time; null = all, always.</summary>
    public UniverseSpec? Universe { get; init; }

    /// <summary>The factors in their canonical spelling, each once.</summary>
    public required IReadOnlyList<string> Factors { get; init; }

    public required FactorStudyKeys Keys { get; init; }

    /// <summary>The format of the tables.</summary>
    public required IOutputFormat Format { get; init; }

    /// <summary>Whether positions are opened and closed at the next bar's open.</summary>
    public bool IsNextOpen => Keys.Price == "next-open";

    /// <summary>The first time that is read, UTC ticks; null = all.</summary>
    internal long? ReadFrom => Data is { WarmUp: true, From: { } from } ? WarmUpSpan.Before(from, Data.Timeframe) : Data.From;

    /// <summary>
    /// Returns the text by which a ledger knows a factor, without the universe: what its returns depend on, and not horizons, groups of a
    /// report or the level.
    /// </summary>
    /// <param name="factor">Index in <see cref="Factors"/>.</param>
    public string IdentityOf(int factor) =>
        string.Create(CultureInfo.InvariantCulture, $"FactorStudy({Factors[factor]})@{Data.Timeframe}|quantiles {Keys.Quantiles}")
        + (IsNextOpen ? "|next-open" : "") + (Keys.GroupNeutral ? "|group-neutral" : "");

    /// <summary>Reads a request.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="folder">Base folder of relative paths.</param>
    /// <exception cref="InputException">The request is invalid; the message has all faults.</exception>
    public static FactorStudySpec Read(string file, byte[] body, string folder, GranaryCatalogues catalogues)
    {
        var faults = new JsonFaults();
        var part = JsonPart.Parse(file, body, faults, catalogues.PlaceOf(folder));
        var keys = RecordKeys<FactorStudyKeys>.Read(part, "kind");
        var spec = faults.Try<FactorStudySpec?>(() => Of(keys, part, catalogues), null);
        faults.Close();
        return spec!;
    }

    /// <summary>Checks a request that was read.</summary>
    /// <param name="body">Its text; while faults are collected, it takes them.</param>
    /// <exception cref="InputException">The request is invalid.</exception>
    public static FactorStudySpec Of(FactorStudyKeys keys, JsonPart body, GranaryCatalogues catalogues)
    {
        if (keys.Data.Kind == JsonValueKind.Undefined) throw keys.Data.Fault("'data' is missing");
        var (data, universe) = BatchReader.Market(body, catalogues);
        if (body.Find("horizons") is { IsFaulty: false } horizons)
            for (var i = 1; i < keys.Horizons.Count; i++)
                if (keys.Horizons[i] <= keys.Horizons[i - 1])
                    horizons.Items[i].Wrong(string.Create(CultureInfo.InvariantCulture, $"the horizon {keys.Horizons[i]} follows "
                        + $"{keys.Horizons[i - 1]}; write each once, the shortest first, such as 1,5,20"), 0);
        if (keys.Horizons.Count == 0) body.Need("horizons").Wrong("no horizon is named; write one, such as 5", 0);
        if (keys is { GroupNeutral: true, Group: null })
            body.Need("groupNeutral").Wrong("there are no groups; name their file as group, or leave this out", 0);
        return new FactorStudySpec
        {
            Catalogues = catalogues,
            Data = data,
            Universe = universe,
            Factors = FactorsOf(keys, body, catalogues),
            Keys = keys,
            Format = FormatOf(keys, body, catalogues),
        };
    }

    private static IOutputFormat FormatOf(FactorStudyKeys keys, JsonPart body, GranaryCatalogues catalogues) =>
        keys.Format == "csv" ? CsvFormat.Instance
            : catalogues.OutputFormats.Contains(keys.Format) ? catalogues.OutputFormats.Get(keys.Format)
            : body.Need("format").Wrong<IOutputFormat>($"this program writes no files of the format {keys.Format}; leave it out",
                CsvFormat.Instance);

    private static List<string> FactorsOf(FactorStudyKeys keys, JsonPart body, GranaryCatalogues catalogues)
    {
        var part = body.Need("factors");
        var places = part.OneOrMany();
        if (keys.Factors.Count is 0 or > MostFactors)
            part.Wrong(keys.Factors.Count == 0 ? "no factor is named; 'granary factors' lists them"
                : $"{keys.Factors.Count} factors are named, and a study has {MostFactors} at the most; 'granary features --generate' tests "
                    + "hundreds", 0);
        var factors = new List<string>();
        for (var i = 0; i < keys.Factors.Count && i < places.Count; i++)
        {
            if (places[i].IsFaulty) continue;
            try
            {
                var (request, line) = catalogues.Factors.Parse(keys.Factors[i]);
                var name = request.Definition.Lines[line] is { Length: > 0 } word ? $"{request.Key}.{word}" : request.Key;
                if (factors.Contains(name)) places[i].Wrong($"the factor {name} is named twice; name it once", 0);
                else factors.Add(name);
            }
            catch (ArgumentException e)
            {
                places[i].Wrong(e.Message, 0, e);
            }
            catch (InputException e)
            {
                places[i].Wrong(e.Message, 0, e);
            }
        }
        return factors;
    }
}
