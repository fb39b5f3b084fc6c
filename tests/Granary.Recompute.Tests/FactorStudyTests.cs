using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Granary.Recompute.Tests.Running;
using Granary.Testing;

namespace Granary.Recompute.Tests;

/// <summary>Every figure of study.json is computed again by <c>Figures/factor_study.py</c>: numpy, scipy and pandas.</summary>
public sealed class FactorStudyTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--horizons 1,5,12")]
    [InlineData("--horizons 2,45 --quantiles 3 --price next-open --group-neutral")]
    public async Task Figures_follow_from_bars_with_ties_gaps_ended_symbols_and_groups(string options)
    {
        SkipWithoutPython();
        for (var s = 0; s < 12; s++) _folder.Write($"bars/S{s:00}.csv", Bars(s));
        // S11 has no group, and S00 changes its group.
        var groups = _folder.Write("groups.csv", "symbol,group,from\nS00,B,2019-04-01\n"
            + string.Concat(Enumerable.Range(0, 11).Select(s => $"S{s:00},{"AB"[s % 2]},\n")));
        await CompareAsync(_folder.File("bars"), "momentum(1);roc(3);rsi(14)", 1_500, groups, [.. options.Split(' '), "--group", groups]);
    }

    [SharedFact]
    public async Task Figures_of_real_markets_follow_from_their_bars()
    {
        SkipWithoutPython();
        var daily = SharedData.Find("data/lean/equity/usa/daily")!;
        foreach (var (i, zip) in Directory.GetFiles(daily, "*.zip").Order(StringComparer.Ordinal).Index())
        {
            var symbol = Path.GetFileNameWithoutExtension(zip).ToUpperInvariant();
            if (Rows(zip) is { Count: > 100 } rows)
                _folder.Write($"bars/{symbol}.csv", "time,open,high,low,close,volume\n" + string.Concat(rows));
        }
        await CompareAsync(_folder.File("bars"), "roc(20)", 1_000, null, ["--horizons", "1,5", "--quantiles", "2"]);
    }

    private async Task CompareAsync(string bars, string factors, int fewest, string? groups, string[] options)
    {
        var study = _folder.File("study");
        await GranaryCommand.RunAsync(["factors", "study", $"csv:{bars}", "--factors", factors, "--out", study, "--quiet", .. options]);
        var script = Path.Combine(Repository.Root, "tests", "Granary.Recompute.Tests", "Figures", "factor_study.py");
        using var process = Process.Start(new ProcessStartInfo(Python, [script, bars, study, .. groups is null ? (string[])[] : [groups]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var answer = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).RootElement;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        answer.GetProperty("wrong").EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty();
        answer.GetProperty("compared").GetInt32().ShouldBeGreaterThan(fewest);
    }

    // Whole prices, so that many changes are equal.
    private static string Bars(int symbol)
    {
        var random = new Random(500 + symbol);
        var (text, price) = ("time,open,high,low,close,volume\n", 120.0);
        for (var d = 0; d < 130; d++)
        {
            var open = Math.Round(price + random.NextDouble() - 0.5, 1);
            price = Math.Max(20, price + random.Next(-4, 5));
            // The bars of S01 end, those of S02 begin late, and one bar in fifty is missing.
            if ((symbol == 1 && d > 80) || (symbol == 2 && d < 40) || random.Next(50) == 0) continue;
            text += string.Create(CultureInfo.InvariantCulture, $"{new DateTime(2019, 1, 1).AddDays(d):yyyy-MM-dd}T00:00:00Z,{open},")
                + string.Create(CultureInfo.InvariantCulture, $"{Math.Max(open, price) + 1},{Math.Min(open, price) - 1},{price},100\n");
        }
        return text;
    }

    // Of 2013: prices times 10,000, without adjustments.
    private static List<string> Rows(string zip)
    {
        using var archive = ZipFile.OpenRead(zip);
        using var reader = new StreamReader(archive.Entries[0].Open());
        var rows = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            if (cells.Length < 6 || string.CompareOrdinal(cells[0], "2013") < 0 || string.CompareOrdinal(cells[0], "2014") >= 0) continue;
            var prices = cells[1..5].Select(c =>
                (decimal.Parse(c, CultureInfo.InvariantCulture) / 10_000).ToString(CultureInfo.InvariantCulture));
            rows.Add($"{cells[0][..4]}-{cells[0][4..6]}-{cells[0][6..8]}T00:00:00Z,{string.Join(',', prices)},{cells[5]}\n");
        }
        return rows;
    }

    private static void SkipWithoutPython()
    {
        var has = false;
        if (File.Exists(Python))
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import numpy, scipy, pandas"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            has = process.ExitCode == 0;
        }
        Assert.SkipUnless(has, $"{Python} with numpy, scipy and pandas is missing: apt-get install python3-pandas python3-scipy");
    }
}
