using Granary.Engine.Market;
using Granary.Simulation.Tables;
using Granary.Storage.Files;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>The members of a universe from a text and from Parquet.</summary>
public sealed class MembersTests : IDisposable
{
    private readonly ForeignFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Parquet_has_the_members_of_its_CSV()
    {
        const string Select = "select * from (values ('B', date '2020-01-02', date '2021-03-01', -0.3), ('A', null, null, null), "
            + "('B', date '2019-01-01', date '2019-06-01', null)) t(symbol, \"from\", \"to\", delisting_return)";
        var members = Read(_files.Parquet("m.parquet", Select));
        members.ShouldBe(Read(_files.Csv("m.csv", Select)));
        members.ShouldBe([new("A", 0, long.MaxValue, null), new("B", new DateTime(2019, 1, 1).Ticks, new DateTime(2019, 6, 1).Ticks, null),
            new("B", new DateTime(2020, 1, 2).Ticks, new DateTime(2021, 3, 1).Ticks, -0.3)]);
    }

    [Theory]
    [InlineData("symbol,from,too\nA,,\n", "line 1, too: this column is not one of a file of members; did you mean 'to'?")]
    [InlineData("symbol,from\nA,\n", "line 1, to: there is no such column; a file of members has the columns symbol, from and to")]
    [InlineData("symbol,from,to,TO\nA,,,\n", "line 1, to: the header names this column twice; keep one of them")]
    [InlineData("symbol,from,to\nA,2020-31-01,\n",
        "line 2, from: '2020-31-01' is not a date; write it as 2024-12-31 or 2024-12-31T15:30:00Z")]
    [InlineData("symbol;from;to\nA;2020-02-01;2020-02-01\n", "line 2, to: '2020-02-01' is not after '2020-02-01'; "
        + "'to' is the first time at which the symbol is no member any more; write a later one")]
    [InlineData("symbol,from,to\n,2020-01-01,\n", "line 2, symbol: the symbol is missing; write it, or remove the row")]
    [InlineData("symbol,from,to,delisting_return\nA,,2020-01-01,-30%\n",
        "line 2, delisting_return: '-30%' is not a return; write a fraction from -1 to 100, such as -0.3")]
    [InlineData("symbol,from,to,delisting_return\nA,,2020-01-01,-1.5\n",
        "line 2, delisting_return: '-1.5' is not a return; write a fraction from -1 to 100, such as -0.3")]
    [InlineData("symbol,from,to,delisting_return\nA,,,-0.3\n", "line 2, delisting_return: the symbol is still a member, so it was not "
        + "delisted; write the date of the delisting as 'to', or leave the return out")]
    [InlineData("symbol,from,to\nA,2020-01-01,2020-03-01\nB,,\nA,2020-02-01,\n",
        "line 4, from: this span of 'A' overlaps that of line 2; make "
        + "the spans of a symbol follow one another, or join them")]
    [InlineData("symbol,from,to\nA,,\n,,\nA,,\n", "line 4, symbol: the row of 'A' is also in line 2; keep one of them")]
    [InlineData("symbol,from,to,delisting_return\nA,,2020-01-01,-0.3\nA,2021-01-01,,\n",
        "line 2, delisting_return: 'A' is a member again in "
        + "line 3; leave the return out, or give the later company a symbol of its own")]
    [InlineData("symbol,from,to\nA,,,\n", "line 2: 4 columns, where the header has 3; give every line as many fields as the header")]
    public void A_faulty_text_is_refused_with_line_column_and_remedy(string text, string message)
    {
        File.WriteAllText(_files.At("bad.csv"), text);
        Fault(_files.At("bad.csv")).ShouldBe($"{_files.At("bad.csv")}, {message}");
    }

    [Theory]
    [InlineData("(values ('A', '2020-31-01', null)) t(symbol, \"from\", \"to\")",
        "row group 1, row 1, from: '2020-31-01' is not a date; write it as 2024-12-31 or 2024-12-31T15:30:00Z")]
    [InlineData("(values ('A', null, date '2020-01-01'), ('A', date '2019-01-01', null)) t(symbol, \"from\", \"to\")",
        "row group 1, row 2, from: this span of 'A' overlaps that of row group 1, row 1; make "
        + "the spans of a symbol follow one another, or join them")]
    [InlineData("(values ('A', null)) t(symbol, \"from\")",
        "to: there is no such column; a file of members has the columns symbol, from and to")]
    public void A_faulty_Parquet_file_is_refused_with_row_column_and_remedy(string rows, string message)
    {
        var path = _files.Parquet("bad.parquet", "select * from " + rows);
        Fault(path).ShouldBe($"{path}, {message}");
    }

    [Theory]
    [InlineData("symbol,from,to\n", "there are no rows in it; add a row for each member")]
    [InlineData("", null)]
    public void An_empty_file_is_refused(string text, string? message)
    {
        File.WriteAllText(_files.At("empty.csv"), text);
        Fault(_files.At("empty.csv")).ShouldContain(message ?? _files.At("empty.csv"));
    }

    private static IReadOnlyList<MemberRow> Read(string path) => MembersCsv.Read(path, PermittedFiles.All, Bars.Catalogues.Tables);

    private static string Fault(string path) => Should.Throw<BarDataException>(() => Read(path)).Message;
}
