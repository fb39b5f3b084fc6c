using Granary.Trading.Deployments;

namespace Granary.Trading.Tests.Deployments;

/// <summary>Rows of equity.csv and of account_equity.csv have the open times of bars.</summary>
public sealed class EquityDaysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-days-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly DateOnly s_friday = new(2024, 1, 5);

    private void Write(string name, params string[] rows) =>
        File.WriteAllLines(Path.Combine(_folder, name), rows.Prepend("time,equity"));

    [Fact]
    public void A_daily_bar_belongs_to_the_day_of_its_open_in_both_files()
    {
        // Bars of Friday and Monday.
        Write("equity.csv", "2024-01-05T00:00:00Z,100", "2024-01-08T00:00:00Z,101");
        Write("account.csv", "2024-01-05T00:00:00Z,200", "2024-01-08T00:00:00Z,201");
        EquityDays.Read(_folder).ShouldBe([new DayEquity(s_friday, 100), new DayEquity(s_friday.AddDays(3), 101)]);
        EquityDays.Read(_folder, "account.csv").ShouldBe([new DayEquity(s_friday, 200), new DayEquity(s_friday.AddDays(3), 201)]);
    }

    [Fact]
    public void The_last_hour_of_a_day_is_the_days_equity()
    {
        Write("equity.csv", "2024-01-05T22:00:00Z,100", "2024-01-05T23:00:00Z,101", "2024-01-06T00:00:00Z,102");
        EquityDays.Read(_folder).ShouldBe([new DayEquity(s_friday, 101), new DayEquity(s_friday.AddDays(1), 102)]);
    }
}
