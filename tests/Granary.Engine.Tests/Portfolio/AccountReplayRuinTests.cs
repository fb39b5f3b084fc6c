using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>An account computed from the fills of runs ends where those of the runs end. All figures are by hand.</summary>
public sealed class AccountReplayRuinTests
{
    // A yen is worth 1 of the account, 3 from 30 on, and 1 again from 40 on.
    private static readonly RateSeries s_yen = new([1, 30, 40], [1, 3, 1], [1, 30, 40], long.MaxValue, "");

    [Fact]
    public void A_rate_alone_closes_an_account_that_holds_nothing_and_it_stays_at_zero()
    {
        var account = new AccountReplay(10_000, [new Instrument { Symbol = "7203.T", Currency = "JPY", Rates = s_yen }]);
        // A loss of 5,000 yen.
        account.Take(0, RunEvent.Of(new FinancingEvent(0, 10, FinancingKind.BalanceInterest, -5_000)), 0, Side.Buy);
        account.Reach(20);
        account.Revalue();
        account.Equity.ShouldBe(5_000);
        account.Reach(30);
        account.Revalue();
        // 10,000 less 5,000 at three; the broker bears 5,000.
        (account.Equity, account.Cash, account.Financing).ShouldBe((0, 0, -5_000 + 5_000));
        account.Reach(40);
        account.Revalue();
        (account.Equity, account.Cash, account.Financing).ShouldBe((0, 0, 0));
    }
}
