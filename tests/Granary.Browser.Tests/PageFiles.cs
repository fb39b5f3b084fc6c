using System.Collections.Concurrent;
using System.Text;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Tests.Synthetic;

[assembly: AssemblyFixture(typeof(Granary.Browser.Tests.PageFiles))]

namespace Granary.Browser.Tests;

/// <summary>The pages under test as files; each is written once for all tests.</summary>
public sealed class PageFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-pages-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<string>> _files = new(StringComparer.Ordinal);
    private readonly Lazy<SyntheticRun> _thousand = new(() => SyntheticRun.Make());
    private readonly Lazy<SyntheticRun> _hundred = new(() => SyntheticRun.Make(strategies: 100, trades: 2_000));

    /// <summary>The page of a run of a thousand strategies.</summary>
    public string ThousandPage => File("thousand", w => HtmlReport.Write(w, _thousand.Value.Model, _thousand.Value));

    /// <summary>A run of a hundred strategies, whose page a browser opens much sooner.</summary>
    internal SyntheticRun Hundred => _hundred.Value;

    /// <summary>The page of <see cref="Hundred"/>.</summary>
    public string HundredPage => File("hundred", w => HtmlReport.Write(w, Hundred.Model, Hundred));

    /// <summary>A small page of a kind that <see cref="PageKinds"/> lists.</summary>
    public string Of(string kind) => File(kind, w => PageKinds.Write(kind, w));

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
