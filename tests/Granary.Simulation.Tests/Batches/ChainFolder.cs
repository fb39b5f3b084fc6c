using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>A folder with contracts as files of daily bars, read by a batch that declares a chain.</summary>
internal sealed class ChainFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("granary-chain-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Rows of weekdays; the open is the price plus the days since 2022-01-01.</summary>
    public static IEnumerable<string> Rows(string from, string to, double price, double volume = 100, string begin = "")
    {
        for (var day = DateOnly.Parse(from, CultureInfo.InvariantCulture); day <= DateOnly.Parse(to, CultureInfo.InvariantCulture);
            day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{begin}{day:yyyy-MM-dd},{At(day)},{At(day) + 1},{At(day) - 1},{At(day)},{volume}");

        double At(DateOnly day) => price + day.DayNumber - new DateOnly(2022, 1, 1).DayNumber;
    }

    public ChainFolder Add(string contract, string from, string to, double price, double volume = 100)
    {
        File.WriteAllLines(System.IO.Path.Combine(Path, contract + ".csv"),
            ["date,open,high,low,close,volume", .. Rows(from, to, price, volume)]);
        return this;
    }

    public ChainFolder Write(string file, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, file), text.ReplaceLineEndings("\n"));
        return this;
    }

    /// <summary>Three quarters of ES, whose expiries are in a table.</summary>
    public static ChainFolder Quarters() => new ChainFolder().Add("ESH22", "2022-01-03", "2022-03-18", 100)
        .Add("ESM22", "2022-01-03", "2022-06-17", 133).Add("ESU22", "2022-01-03", "2022-09-16", 166)
        .Write("expiries.tsv", "contract,expiry,first_notice\nESH22,2022-03-18,2022-03-01\n"
            + "ESM22,2022-06-17,2022-06-01\nESU22,2022-09-16,\n");

    public BatchSpec Read(string chain, string data = "", string symbols = "[\"ES\"]", string source = "csv:.") =>
        new BatchReader(TestCatalogues.All).Read("chain.json", System.Text.Encoding.UTF8.GetBytes($$"""
            { "data": { "source": "{{source}}", "symbols": {{symbols}}, "timeframe": "1d", {{data}}
                "instruments": { "ES": { "multiplier": 50, "chain": {{chain}} } } },
              "strategies": [ { "class": "SmaCross" } ] }
            """), Path);

    public string Fault(string chain, string data = "") => Should.Throw<InputException>(() => Read(chain, data)).Message;

    public async Task<IBarSeries> OpenAsync(string chain, string data = "", string symbol = "ES", string source = "csv:.")
    {
        var spec = Read(chain, data, source: source);
        return await WarmUpSpan.OpenAsync(BatchSources.Open(TestCatalogues.All, spec.Data), spec, symbol, CancellationToken.None);
    }

    /// <summary>The changes as texts, such as "2022-03-11 ESH22>ESM22 169 202".</summary>
    public static IEnumerable<string> Texts(IBarSeries series)
    {
        var changes = series.Instrument.Changes;
        for (var i = 0; i < changes.Count; i++)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{new DateTime(changes[i].Time):yyyy-MM-dd} {changes[i].From}>{changes[i].To} {changes[i].OldPrice}")
                + (changes[i].Kind == ListingChangeKind.Roll ? string.Create(CultureInfo.InvariantCulture, $" {changes[i].NewPrice}") : " end");
    }

    public static async Task<List<Bar>> BarsAsync(IBarSeries series, int block = 7)
    {
        var bars = new List<Bar>();
        await foreach (var next in series.ReadAsync(block))
        {
            next.FirstIndex.ShouldBe(bars.Count);
            for (var i = 0; i < next.Count; i++) bars.Add(next[i]);
        }
        bars.Count.ShouldBe((int)series.Count);
        return bars;
    }
}
