using System.Diagnostics;
using Granary.Engine;
using Granary.Parquet.Writing;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Storage.Files;
using Granary.Testing;
using Granary.Trading.Tables;

namespace Granary.Parquet.Tests.Writing;

/// <summary>Tables with texts that are hard for CSV, with missing values, without rows, and files that cannot be written or read.</summary>
public sealed class OddTablesTests : IDisposable
{
    private sealed record Row(string? Name, string? Word, double Value, long? Count, long? Time);

    private static readonly TableDefinition<Row> _definition = new TableDefinition<Row>().Text("name", r => r.Name)
        .Word("word, quoted", r => r.Word).Number("value", r => r.Value).Whole("count", r => r.Count).Time("time", r => r.Time);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-odd-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<Row> Rows()
    {
        string[] odd = ["=1+1", "'=1", "''", "-1.5", "+x", "@sum", "a,b", "a\"b", "\"", "line\nbreak", "\r", "\t=", " lead", "trail ",
            "1e5", "-", "', '", "NaN", "日本", "😀", .. OddSymbols.Of(7, 200)];
        double[] numbers = [0, -0.0, 1, 1.0 / 3, -1e-300, double.Epsilon, double.MaxValue, double.NaN, double.PositiveInfinity, 1e22,
            123456789.125];
        for (var i = 0; i < 3000; i++)
            yield return new Row(i % 7 == 0 ? null : odd[i % odd.Length], i % 11 == 0 ? "" : odd[i * 7 % odd.Length],
                numbers[i % numbers.Length], i % 5 == 0 ? null : i % 2 == 0 ? long.MinValue : long.MaxValue - i,
                i % 3 == 0 ? null : new DateTime(1700 + i % 500, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks + i % 13);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3000)]
    public void Odd_texts_missing_values_and_no_rows_are_the_same_in_each_format(int count)
    {
        var table = _definition.Of(Rows().Take(count));
        string Write(IOutputFormat format)
        {
            var path = Path.Combine(_folder, "odd" + format.Extension);
            AtomicFile.Write(path, (Stream stream) => table.Write(format, stream));
            return path;
        }
        var csv = CsvText.Read(Write(CsvFormat.Instance));
        csv.Rows.Count.ShouldBe(count);
        var (columns, rows) = DuckDbFile.Read(Write(new ParquetFormat()));
        var (schema, arrows) = ArrowTable.ReadFile(Write(new ArrowFormat()));
        using var stream = File.OpenRead(Write(new ArrowStreamFormat()));
        var (_, streamed) = ArrowTable.ReadStream(stream);
        columns.Select(c => c.Name).ShouldBe(csv.Header);
        schema.FieldsList.Select(f => f.Name).ShouldBe(csv.Header);
        (rows.Count, arrows.Count, streamed.Count).ShouldBe((count, count, count));
        for (var i = 0; i < count; i++)
            for (var c = 0; c < csv.Header.Length; c++)
            {
                var place = $"row {i}, {csv.Header[c]}";
                // DuckDB keeps microseconds of a time with a zone.
                if (c < 4) CsvText.IsSame(rows[i][c], csv.Rows[i][c]).ShouldBeTrue(place);
                CsvText.IsSame(arrows[i][c], csv.Rows[i][c]).ShouldBeTrue(place);
                streamed[i][c].ShouldBe(arrows[i][c], place);
            }
    }

    [Fact]
    public void A_csv_file_that_is_read_gives_the_bytes_of_the_table_that_wrote_it()
    {
        var table = _definition.Of(Rows());
        var path = Path.Combine(_folder, "odd.csv");
        AtomicFile.Write(path, (Stream stream) => table.Write(CsvFormat.Instance, stream));
        var read = CsvTableFile.Read(path, new CsvSchema(_definition.Columns));
        foreach (var format in (IOutputFormat[])[new ParquetFormat(), new ArrowFormat(), CsvFormat.Instance])
            Bytes(read, format).ShouldBe(Bytes(table, format), format.Extension);
    }

    [Theory]
    [InlineData("a,b,1.5,2,2024-01-01T00:00:00Z\n", "line 1: column 1 is 'a' where 'name' belongs")]
    [InlineData("name,\"word, quoted\",value,count,time\na,b,1.5,2", "has no end")]
    [InlineData("name,\"word, quoted\",value,count,time\na,b,1.5,2\n", "line 2: the line has 4 cells, and the file 5 columns")]
    [InlineData("name,\"word, quoted\",value,count,time\na,b,x,2,\n", "line 2, column value: 'x' is not a number")]
    [InlineData("name,\"word, quoted\",value,count,time\na,b,1,2.5,\n", "line 2, column count: '2.5' is not a whole number")]
    [InlineData("name,\"word, quoted\",value,count,time\n\"a\nb\",b,1,2,\na,b,1,2,yesterday\n", "line 4, column time: 'yesterday' is not a time")]
    [InlineData("name,\"word, quoted\",value,count,time\na\"b,b,1,2,\n", "line 2: the cell 'a\"b' has a quote inside")]
    [InlineData("name,value,count,time\n", "line 1: column 2 is 'value' where 'word, quoted' belongs")]
    [InlineData("name,\"word, quoted\",value,count,time,more\n", "line 1: the file has 6 columns, and such a table 5")]
    [InlineData("", "the file is empty")]
    public void A_damaged_csv_file_is_refused_with_its_line_and_column_and_nothing_is_written(string content, string expected)
    {
        var path = Path.Combine(_folder, "bad.csv");
        File.WriteAllText(path, content);
        var target = Path.Combine(_folder, "bad.parquet");
        var fault = Should.Throw<InputException>(() => AtomicFile.Write(target,
            (Stream stream) => CsvTableFile.Read(path, new CsvSchema(_definition.Columns)).Write(new ParquetFormat(), stream)));
        fault.Message.ShouldStartWith(path);
        fault.Message.ShouldContain(expected);
        fault.Message.ShouldNotContain('\n');
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_disk_ends_with_the_fault_of_the_disk_and_leaves_no_file(bool isParquet)
    {
        IOutputFormat format = isParquet ? new ParquetFormat() : new ArrowFormat();
        var target = Path.Combine(_folder, "full" + format.Extension);
        Should.Throw<IOException>(() => AtomicFile.Write(target, (Stream stream) =>
        {
            using var small = new SmallStream(stream, 5000);
            _definition.Of(Enumerable.Range(0, 100).SelectMany(_ => Rows())).Write(format, small);
        })).Message.ShouldBe("No space left on device");
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_time_that_nanoseconds_cannot_count_is_refused_with_its_column()
    {
        var late = _definition.Of([new Row("a", "b", 1, 2, new DateTime(2300, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks)]);
        Should.Throw<InputException>(() => Bytes(late, new ParquetFormat())).Message.ShouldBe("2300-01-01T00:00:00Z in the column time cannot "
            + "be a time of Parquet or Arrow, which count nanoseconds from 1677 to 2262; write the table as CSV");
    }

    [Fact]
    public void Pyarrow_reads_the_words_as_dictionaries_and_the_times_as_utc()
    {
        OptionalProgram.Require("python3", "python3 python3-pip, then pip install pyarrow");
        using var probe = Process.Start(new ProcessStartInfo("python3", ["-c", "import pyarrow"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        });
        probe!.WaitForExit();
        if (probe.ExitCode != 0) Assert.Skip("python3 has no pyarrow (pip install pyarrow)");
        var path = Path.Combine(_folder, "odd.parquet");
        AtomicFile.Write(path, (Stream stream) => _definition.Of(Rows()).Write(new ParquetFormat(), stream));
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c",
            $"import pyarrow.parquet as p; t = p.read_table('{path}'); print(t.num_rows, [str(f.type) for f in t.schema])"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        python.StandardOutput.ReadToEnd().Trim().ShouldBe("3000 ['string', 'dictionary<values=string, indices=int32, ordered=0>', 'double', "
            + "'int64', 'timestamp[ns, tz=UTC]']");
    }

    [Fact]
    public void A_column_of_words_with_as_many_values_as_rows_is_read_back_whole()
    {
        const int count = 200_000;
        var table = _definition.Of(Enumerable.Range(0, count).Select(i => new Row(null, $"Strategy(number={i})@SYMBOL:1h", i, i, null)));
        var path = Path.Combine(_folder, "words.parquet");
        AtomicFile.Write(path, (Stream stream) => table.Write(new ParquetFormat(), stream));
        var (_, rows) = DuckDbFile.Read(path);
        rows.Count.ShouldBe(count);
        for (var i = 0; i < count; i += 997) rows[i][1].ShouldBe($"Strategy(number={i})@SYMBOL:1h");
    }

    [Fact]
    public void Each_table_has_one_schema_whose_names_are_unique()
    {
        foreach (var name in KnownTables.Names)
            if (KnownTables.Find(name) is { } schema)
                schema.First.Concat(schema.Last).Select(c => c.Name).ShouldBeUnique(name);
    }

    private static byte[] Bytes(Table table, IOutputFormat format)
    {
        using var stream = new MemoryStream();
        table.Write(format, stream);
        return stream.ToArray();
    }
}
