using Granary.Engine;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The columns that the CSV file of a table of a run has.</summary>
/// <param name="First">The columns at the start of each such file.</param>
internal sealed record CsvSchema(IReadOnlyList<OutputColumn> First)
{
    /// <summary>Whether there are columns after them whose number and names follow from the run, such as parameters.</summary>
    public bool HasMore { get; init; }

    /// <summary>Groups of columns after the first ones. A file has all columns of a group, or none.</summary>
    public IReadOnlyList<IReadOnlyList<OutputColumn>> Optional { get; init; } = [];

    /// <summary>The columns after those.</summary>
    public IReadOnlyList<OutputColumn> Last { get; init; } = [];

    /// <summary>Returns the columns of a file; those that follow from the run have the type <see cref="ColumnType.Text"/>.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InputException">The file has other columns.</exception>
    public IReadOnlyList<OutputColumn> Of(IReadOnlyList<string> header, string path)
    {
        for (var i = 0; i < First.Count; i++) Check(header, i, First[i].Name, path);
        List<OutputColumn> given = [.. Optional.Where(g => g.Any(o => header.Skip(First.Count).Contains(o.Name))).SelectMany(g => g)];
        if (given.Count > 0 && header.Count == First.Count + given.Count)
        {
            for (var i = 0; i < given.Count; i++) Check(header, First.Count + i, given[i].Name, path);
            return [.. First, .. given];
        }
        var more = header.Count - First.Count - Last.Count;
        if (more < 0 || more > 0 && !HasMore)
            throw new InputException($"{path}, line 1: the file has {Counted.Of(header.Count, "column")}, and such a table "
                + $"{First.Count + Last.Count}{(HasMore ? " or more" : "")}; run the batch again with this version");
        for (var i = 0; i < Last.Count; i++) Check(header, header.Count - Last.Count + i, Last[i].Name, path);
        return [.. First, .. header.Skip(First.Count).Take(more).Select(name => new OutputColumn(CsvText.Read(name), ColumnType.Text)),
            .. Last];
    }

    private static void Check(IReadOnlyList<string> header, int index, string name, string path)
    {
        if (index >= header.Count || header[index] != name)
            throw new InputException($"{path}, line 1: column {index + 1} is "
                + (index >= header.Count ? "missing" : $"'{header[index]}'") + $" where '{name}' belongs; run the batch again with this version");
    }
}
