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
    private readonly Lazy<SyntheticRun> _run = new(() => SyntheticRun.Make());

    /// <summary>A run of a thousand strategies.</summary>
    public SyntheticRun Thousand => _run.Value;

    /// <summary>The page of <see cref="Thousand"/>.</summary>
    public string ThousandPage => File("run", w => HtmlReport.Write(w, Thousand.Model, Thousand));

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
