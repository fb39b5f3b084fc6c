using System.Collections.Concurrent;
using System.Text;
using Granary.Engine.Analysis;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Tests.Synthetic;

[assembly: AssemblyFixture(typeof(Granary.Browser.Tests.PageFiles))]

namespace Granary.Browser.Tests;

/// <summary>The pages under test as files; each is written once for all tests.</summary>
public sealed class PageFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-pages-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<string>> _files = new(StringComparer.Ordinal);
    private readonly Lazy<SyntheticRun> _run = new(() => SyntheticRun.Make());

    /// <summary>A run of a thousand strategies.</summary>
    public SyntheticRun Thousand => _run.Value;

    /// <summary>The page of <see cref="Thousand"/>.</summary>
    public string ThousandPage => File("run", w => HtmlReport.Write(w, Thousand.Model, Thousand));

    /// <summary>A small page of a kind that <see cref="PageKinds"/> lists.</summary>
    public string Of(string kind) => File(kind, w => PageKinds.Write(kind, w));

    /// <summary>The page that compares two runs.</summary>
    public string ComparePage => File("two-runs", output =>
    {
        var first = SyntheticRun.Make(strategies: 60, trades: 1200);
        var other = SyntheticRun.Make(strategies: 60, trades: 1200, seed: 8);
        var changed = other.Model with
        {
            BatchText = other.Model.BatchText.Replace("\"seed\": 7", "\"seed\": 8", StringComparison.Ordinal),
            Run = "quickstart-20261027T090000Z",
        };
        CompareReport.Write(output, first.Model, first, changed, other);
    });

    /// <summary>The tear sheet of an equity curve of daily closes.</summary>
    public string CurvePage => File("curve", output =>
    {
        var rows = Thousand.Model.Closes;
        var curve = new EquityCurve([.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Equity)]);
        HtmlReport.Write(output, curve, new TearSheet("equity.csv")
        {
            Benchmark = Thousand.Model.Benchmark,
            BenchmarkName = "S&P 500",
            RiskFree = 0.02,
            Notes = ["Row 17 repeats row 16."],
        });
    });

    /// <summary>A page that the caller writes, once for all callers of that name.</summary>
    public string File(string name, Action<TextWriter> write) => _files.GetOrAdd(name, n => new Lazy<string>(() =>
    {
        var path = Path.Combine(_folder, n + ".html");
        using var output = new StreamWriter(path, append: false, new UTF8Encoding(false));
        write(output);
        return path;
    })).Value;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
