using Granary.Cluster.Wire;
using Granary.Engine.Market;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>An instrument crosses between silos as it is.</summary>
public sealed class InstrumentWireTests
{
    [Fact]
    public void An_instrument_keeps_its_smallest_order_and_its_delisting()
    {
        var converter = new InstrumentConverter();
        var instrument = new Instrument { Symbol = "ACME", MinQuantity = 0.001, MinNotional = 10, DelistedAt = 638_000_000_000_000_000 };
        converter.ConvertFromSurrogate(converter.ConvertToSurrogate(instrument)).ShouldSatisfyAllConditions(
            i => (i.MinQuantity, i.MinNotional, i.DelistedAt).ShouldBe((0.001, 10, instrument.DelistedAt)),
            i => i.Symbol.ShouldBe("ACME"));
    }

    [Fact]
    public void A_chain_keeps_its_rolls_and_its_adjustment()
    {
        var converter = new InstrumentConverter();
        var roll = new ListingChange(7, "ESH24", "ESM24", ListingChangeKind.Roll, 4_010, 4_043) { OldHigh = 4_020, OldLow = 4_001 };
        var chain = new Instrument { Symbol = "ES", Changes = new ListingChanges("ESH24", roll), Adjust = PriceAdjustment.Ratio };
        var read = converter.ConvertFromSurrogate(converter.ConvertToSurrogate(chain));
        (read.Adjust, read.Changes.First, read.Changes.Count, read.Changes[0]).ShouldBe((PriceAdjustment.Ratio, "ESH24", 1, roll));
        converter.ConvertFromSurrogate(converter.ConvertToSurrogate(new Instrument { Symbol = "ACME" })).Changes.IsNone.ShouldBeTrue();
    }

    [Fact]
    public void A_membership_keeps_its_policy_and_its_spans()
    {
        var converter = new MembershipConverter();
        var membership = new Membership(LeavePolicy.Hold, [new MemberSpan(0, 20), new MemberSpan(30, Membership.Open)]);
        var read = converter.ConvertFromSurrogate(converter.ConvertToSurrogate(membership));
        (read.OnLeave, read.Lasts).ShouldBe((LeavePolicy.Hold, true));
        read.Spans.ShouldBe(membership.Spans);
    }

    [Fact]
    public void A_calendar_keeps_its_special_sessions()
    {
        var converter = new SessionCalendarConverter();
        var saturday = new DateOnly(2024, 1, 13);
        var calendar = SessionCalendar.NewYork()
            .With([new DateOnly(2024, 1, 12)], [(saturday, (TimeSpan.FromHours(10), TimeSpan.FromHours(12)))]);
        var read = converter.ConvertFromSurrogate(converter.ConvertToSurrogate(calendar));
        (read.Name, read.Session(saturday), read.Holidays.Single())
            .ShouldBe((calendar.Name, calendar.Session(saturday), new DateOnly(2024, 1, 12)));
        read.Special.ShouldBe(calendar.Special);
    }
}
