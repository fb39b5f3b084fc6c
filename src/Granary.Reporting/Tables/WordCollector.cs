namespace Granary.Reporting.Tables;

/// <summary>Collects the values of the columns of words, in the order of their first row.</summary>
internal sealed class WordCollector(IReadOnlyList<OutputColumn> columns) : RowWriter
{
    private readonly List<string>?[] _words = [.. columns.Select(c => c.Type == ColumnType.Word ? new List<string>() : null)];

    private readonly HashSet<string>?[] _known =
        [.. columns.Select(c => c.Type == ColumnType.Word ? new HashSet<string>(StringComparer.Ordinal) : null)];

    private int _column;

    public IReadOnlyList<OutputColumn> Columns => [.. columns.Select((c, i) => c with { Words = _words[i] })];

    public override void Text(string? value)
    {
        if (value is { Length: > 0 } && _known[_column]?.Add(value) == true) _words[_column]!.Add(value);
        _column++;
    }

    public override void Number(double value) => _column++;

    public override void Whole(long? value) => _column++;

    public override void Time(long? ticks) => _column++;

    public override void EndRow() => _column = 0;

    public override void Complete()
    {
    }
}
