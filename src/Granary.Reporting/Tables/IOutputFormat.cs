namespace Granary.Reporting.Tables;

/// <summary>A file format for tables of a run.</summary>
public interface IOutputFormat
{
    /// <summary>The end of the names of its files, with the dot: .parquet.</summary>
    string Extension { get; }

    /// <summary>The type in the header <c>Accept</c> and <c>Content-Type</c>.</summary>
    string MediaType { get; }

    /// <summary>Whether the words of a column must be known before the rows (<see cref="OutputColumn.Words"/>).</summary>
    bool NeedsWords { get; }

    /// <summary>Begins a file.</summary>
    /// <param name="stream">It is not closed. It only goes forward, as the answer of a server does; it knows its position.</param>
    RowWriter Open(Stream stream, IReadOnlyList<OutputColumn> columns);
}
