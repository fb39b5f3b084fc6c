using Granary.Reporting.Tables;
using Granary.Storage.Files;

namespace Granary.Backtesting.Runs;

/// <summary>The files of a table whose rows are written while the run makes them, one for each format.</summary>
internal sealed class RowFiles<T> : IDisposable
{
    private readonly TableDefinition<T> _definition;
    private readonly List<(AtomicFile File, RowWriter Rows)> _files = [];

    /// <param name="path">The path without an extension.</param>
    public RowFiles(string path, TableDefinition<T> definition, IEnumerable<IOutputFormat> formats)
    {
        _definition = definition;
        try
        {
            foreach (var format in formats)
            {
                var file = new AtomicFile(path + format.Extension);
                try
                {
                    _files.Add((file, format.Open(file.Stream, definition.Columns)));
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Add(T row)
    {
        foreach (var (_, rows) in _files) _definition.Write(rows, row);
    }

    public void Commit()
    {
        foreach (var (file, rows) in _files)
        {
            rows.Complete();
            file.Commit();
        }
    }

    public void Dispose()
    {
        foreach (var (file, rows) in _files)
        {
            rows.Dispose();
            file.Dispose();
        }
    }
}
