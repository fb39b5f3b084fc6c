using System.Text;
using Granary.Engine;

namespace Granary.Simulation.RunFolders;

/// <summary>The rows of a list as CSV text: a file of a run, or text in memory.</summary>
internal sealed class RowText
{
    private readonly Func<Stream> _open;
    private readonly string? _path;
    private readonly RowIndexes? _indexes;
    // The last view of a text in memory, which has no file to tell views apart by.
    private Kept? _last;

    private RowText(string name, Func<Stream> open, string? path, RowIndexes? indexes) =>
        (Name, _open, _path, _indexes) = (name, open, path, indexes);

    /// <summary>The name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>Returns the rows of a file.</summary>
    /// <param name="absence">Error message if the file does not exist; null = a message that names the output that writes it.</param>
    /// <param name="indexes">Keeps the places of rows between queries; null = each query reads the file.</param>
    /// <exception cref="InputException">The file does not exist.</exception>
    public static RowText OfFile(string path, string? absence = null, RowIndexes? indexes = null)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (!File.Exists(path))
            throw new InputException(absence ?? $"this run has no {name}.csv; run its batch with \"{name}\" among its outputs");
        return new RowText(Path.GetFileName(path), () => File.OpenRead(path), path, indexes);
    }

    /// <summary>Returns the rows of a text that does not change.</summary>
    public static RowText Of(string name, byte[] text, int length) =>
        new(name, () => new MemoryStream(text, 0, length, writable: false), null, null);

    /// <summary>Reads all lines in order, the header first.</summary>
    public void Read(CsvLines.Use use)
    {
        using var text = _open();
        CsvLines.Read(text, use);
    }

    /// <summary>Reads the header, and the lines of some ranges.</summary>
    public void Read(long header, IEnumerable<(long From, long End)> ranges, CsvLines.Use use)
    {
        using var text = _open();
        CsvLines.Read(text, header, ranges, use);
    }

    /// <summary>Reads the header and the lines of a strategy, or more lines where no index knows them.</summary>
    /// <param name="strategy">Null for all lines.</param>
    public void Read(string? strategy, CsvLines.Use use)
    {
        if (strategy is null || _indexes is null || _path is null) Read(use);
        else
        {
            var index = _indexes.Of(_path);
            Read(index.Header, index.Of(strategy), use);
        }
    }

    /// <summary>Returns the cells of the first line; empty if there is none.</summary>
    public string[] Header()
    {
        using var reader = new StreamReader(_open());
        return reader.ReadLine() is { } line ? CsvLines.Cells(Encoding.UTF8.GetBytes(line)) : [];
    }

    /// <summary>Returns the places of the rows of a query, made where the text or the query is new.</summary>
    /// <param name="query">Names the query.</param>
    public RowView View(string query, Func<RowView> make)
    {
        if (_path is not null) return _indexes is null ? make() : _indexes.View(_path, query, make);
        if (_last is { } last && last.Query == query) return last.View;
        var view = make();
        _last = new Kept(query, view);
        return view;
    }

    private sealed record Kept(string Query, RowView View);
}
