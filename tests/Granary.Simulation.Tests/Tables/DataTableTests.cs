using Granary.Engine.Market;
using Granary.Simulation.Tables;
using Shouldly;

namespace Granary.Simulation.Tests.Tables;

public sealed class DataTableTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_table_has_several_rows_of_one_time_for_different_symbols()
    {
        File.WriteAllText(_file, "Time,Symbol,Rate,Note\n2024-01-01T00:00:00Z,\"A,B\",0.0001,\n\n2024-01-01T00:00:00Z,C,-2e-4,\"late\"\n");
        using var table = DataTable.Open(_file);
        var (time, symbol, rate, note) = (table.NeedTime(), table.Need("symbol"), table.Need("rate"), table.Need("note"));

        table.Next().ShouldBeTrue();
        table.Time(time).ShouldBe(new DateTime(2024, 1, 1).Ticks);
        table.Text(symbol).ShouldBe("A,B");
        table.Number(rate).ShouldBe(0.0001);
        table.IsEmpty(note).ShouldBeTrue();
        table.Next().ShouldBeTrue();
        (table.Text(symbol), table.Number(rate), table.Text(note)).ShouldBe(("C", -2e-4, "late"));
        table.Place.Row.ShouldBe(4);
        table.Next().ShouldBeFalse();
        table.PlaceOf("other").ShouldBe(-1);
    }

    [Theory]
    [InlineData("time,rate\n2024-01-01,x\n", "line 2, rate: 'x' is not a number")]
    [InlineData("time,rate\n2024-01-01,\n", "line 2, rate: '' is not a number")]
    [InlineData("time,rate\n\n2024-01-01,NaN\n", "line 3, rate: 'NaN' is not finite")]
    [InlineData("time,rate\n2024-01-01,1,2\n", "line 2: 3 columns, where the header has 2")]
    [InlineData("time,rate\n2024-01-01,\"1\n", "line 2: a quotation mark is not closed")]
    [InlineData("time,rate\nsoon,1\n", "line 2, time: 'soon' is not a date")]
    [InlineData("time,ratio\n2024-01-01,1\n", "line 1, rate: there is no such column; did you mean 'ratio'?")]
    [InlineData("moment,rate\n2024-01-01,1\n", "line 1: there is no column of times")]
    [InlineData("time,rate\n2024-01-01 00:00,1\n2024-01-02 00:00Z,1\n", "line 3, time: '2024-01-02 00:00Z' names a time zone")]
    [InlineData("time,rate,rate\n2024-01-01,1,1\n", "line 1, rate: the header names this column twice")]
    public void A_fault_names_line_and_column(string text, string message)
    {
        File.WriteAllText(_file, text);
        Should.Throw<BarDataException>(() =>
        {
            using var table = DataTable.Open(_file);
            var (time, rate) = (table.NeedTime(), table.Need("rate"));
            while (table.Next())
            {
                table.Time(time);
                table.Number(rate);
            }
        }).Message.ShouldContain(message);
    }
}
