namespace Granary.Simulation.RunFolders;

/// <summary>
/// A cache of the most recently used <see cref="RowIndex"/>es. A page shows the few rows of one strategy; without an index each request
/// reads files of hundreds of megabytes.
/// </summary>
internal sealed class RowIndexes
{
    // Rows of all views that are kept: up to 24 bytes each. A view without rows counts as well, since a server is asked many queries.
    private const int MostRanges = 4_000_000, MostRows = 2_000_000, RowsOfView = 100;

    private readonly RecentFiles<RowIndex> _indexes = new(MostRanges, i => i.Ranges);
    private readonly RecentFiles<RowView> _views = new(MostRows, v => RowsOfView + v.Rows.Count);

    /// <summary>Returns the index of a file, read where the file is new or has changed.</summary>
    public RowIndex Of(string path) => _indexes.Get(path, "", () => RowIndex.Read(path));

    /// <summary>Returns the places of the rows of a query, made where the file is new or has changed, or the query is.</summary>
    /// <param name="name">Names the query.</param>
    public RowView View(string path, string name, Func<RowView> make) => _views.Get(path, name, make);
}
