using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Data.BarFiles;
using Granary.Data.Comparison;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.MarketData;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary data compare</c>: finds the differences of two sources of a market, and the source that is likelier wrong.</summary>
internal static class DataCompareCommand
{
    private const int MostShown = 20;

    private sealed record Options : BarFileForm
    {
        [Key("the symbol in both (default for a FILE: its name)")]
        public string? Symbol { get; init; }
        [Key("timeframe, such as 1m, 1h or 1d (detected for a FILE)")]
        public string? Timeframe { get; init; }
        [Key("prices that differ by at most this percentage are equal")]
        public double Tolerance { get; init; } = 0.01;
        [Key("volumes that differ by at most this percentage are equal")]
        public double VolumeTolerance { get; init; } = 1;
        [Key("write all differences to this CSV file")]
        public string? Out { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var a = new Argument<string>("A") { Description = "a bar file, or a store: a folder, postgres://… or questdb://…" };
        var b = new Argument<string>("B") { Description = "the other one" };
        var command = new Command("compare", "Find the differences of two sources of a market, and the likelier wrong one.") { a, b };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            if (!(given.Tolerance >= 0)) throw new InputException($"--tolerance {given.Tolerance}: give 0 or more percent");
            if (!(given.VolumeTolerance >= 0)) throw new InputException(
                $"--volume-tolerance {given.VolumeTolerance}: give 0 or more percent");
            var (first, second) = (call.GetValue(a)!, call.GetValue(b)!);
            var query = QueryOf(given, first, second, root.Catalogues(call));
            var found = new SourceComparer(given.Tolerance, given.VolumeTolerance).Compare(
                await ReadAsync(first, query, given, root.Catalogues(call), token),
                await ReadAsync(second, query, given, root.Catalogues(call), token), query.Timeframe);
            if (given.Out is { } file) Storage.Files.AtomicFile.Write(file, s => Csv(s, found));
            if (given.Json) Console.WriteLine(JsonSerializer.Serialize(MarketAnswers.ComparisonOf(found), Output.Json));
            else Write(found, query.Timeframe, Address.Parse(first), Address.Parse(second), given.Out);
            return 0;
        });
        return command;
    }

    private static BarQuery QueryOf(Options given, string first, string second, GranaryCatalogues known)
    {
        var file = File.Exists(first) ? first : File.Exists(second) ? second : null;
        var symbol = given.Symbol ?? (file is null ? null : Path.GetFileName(file).Split('.')[0]);
        if (symbol is null || (file is null && given.Timeframe is null))
            throw new InputException("name the market that both stores have: --symbol S --timeframe TF");
        return new BarQuery(symbol, file is null ? Given.Timeframe(given.Timeframe!) : Given.TimeframeOf(file, given.Timeframe,
            given.ToOptions(known)));
    }

    // The bars as stored, without adjustment.
    private static async Task<IReadOnlyList<Bar>> ReadAsync(string source, BarQuery query, Options given, GranaryCatalogues known,
        CancellationToken token)
    {
        if (File.Exists(source))
        {
            await using var file = await BarFile.OpenAsync(source, query, given.ToOptions(known) with { Adjust = false }, token);
            return await StoredMarkets.BarsOfAsync(file, token);
        }
        return await new StoredMarkets(known.Stores).BarsAsync(Address.Parse(source), query, token);
    }

    private static void Write(SourceComparison found, Timeframe timeframe, Address a, Address b, string? file)
    {
        Console.WriteLine($"A {a}: {Counted.Of(found.BarsOfA, "bar")}");
        Console.WriteLine($"B {b}: {Counted.Of(found.BarsOfB, "bar")}");
        Console.WriteLine($"{Counted.Of(found.Common, "bar")} in both, {found.Equal:N0} of them equal; within the time that both cover "
            + $"{found.OnlyInA:N0} only in A, {found.OnlyInB:N0} only in B");
        if (found.Shift is { } shift)
            Console.WriteLine($"The bars of A are in B {Hours(shift)}: "
                + (timeframe.IsIntraday || timeframe == Timeframe.D1
                    ? "one of the two has the wrong time zone, or stamps of the close (--time-zone, --stamp close)"
                    : "one of the two is dated by another day of the week or month (--stamp close)"));
        foreach (var r in found.Ratios)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"From {RunText.Time(r.From)} to {RunText.Time(r.To)} closes of A "
                + $"are {r.Ratio:0.######} times those of B ({r.Bars:N0} bars): one of the two is adjusted for splits or dividends"));
        var widest = found.Disagreements.OrderByDescending(d => double.IsNaN(d.Percent) ? -1 : d.Percent).ThenBy(d => d.Time)
            .Take(MostShown).ToList();
        TableWriter.Write(widest.Count < found.Disagreements.Count ? $"The {MostShown} widest of {found.Disagreements.Count:N0}" : "",
            [Column.Text("Time (UTC)"), Column.Text("Field"), Column.Number("A"), Column.Number("B"), Column.Number("Difference", "%"),
                Column.Text("Likelier wrong"), Column.Text("Why")],
            widest.Select(d => new[] { RunText.Time(d.Time), d.Field, RunText.Number(d.A), RunText.Number(d.B),
                double.IsFinite(d.Percent) ? d.Percent.ToString("0.###", CultureInfo.InvariantCulture) : "", Of(d.Likelier), d.Why }));
        Console.WriteLine(found.IsSame ? "No bar differs."
            : $"Likelier wrong: A on {Counted.Of(found.SuspectsOf(Suspect.A), "bar")}, "
                + $"B on {Counted.Of(found.SuspectsOf(Suspect.B), "bar")}; "
                + $"undecided on {found.SuspectsOf(Suspect.Neither):N0}.");
        if (file is not null) Console.WriteLine($"{file} has all of them");
    }

    private static string Hours(TimeSpan shift) => string.Create(CultureInfo.InvariantCulture,
        $"{Length(shift.Duration())} {(shift > TimeSpan.Zero ? "later" : "earlier")}");

    private static string Length(TimeSpan shift) => string.Create(CultureInfo.InvariantCulture,
        $"{(shift.TotalDays >= 2 ? shift.TotalDays : shift.TotalHours):0.##} {(shift.TotalDays >= 2 ? "days" : "h")}");

    private static string Of(Suspect suspect) => suspect == Suspect.Neither ? "" : suspect.ToString();

    private static void Csv(Stream stream, SourceComparison found)
    {
        using var csv = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        csv.WriteLine("time,field,a,b,percent,likelier_wrong,why");
        foreach (var d in found.Disagreements)
            csv.WriteLine($"{RunText.Time(d.Time)},{d.Field},{RunText.Number(d.A)},{RunText.Number(d.B)},{RunText.Number(d.Percent)},"
                + $"{Of(d.Likelier)},\"{d.Why}\"");
    }
}
