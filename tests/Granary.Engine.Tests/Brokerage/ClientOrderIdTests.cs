using Granary.Engine.Brokerage;

namespace Granary.Engine.Tests.Brokerage;

public sealed class ClientOrderIdTests
{
    // The hashes are of Python's hashlib.sha256. Journals and exchanges keep ids, so their form never changes.
    [Fact]
    public void An_id_has_the_form_that_journals_and_exchanges_keep()
    {
        ClientOrderId.Tag("acc\nbatch\nabc").ShouldBe("gaf2fe78a");
        ClientOrderId.Entry("g12345678", 3, 17).ShouldBe("g12345678-3-17-e");
        ClientOrderId.Entry("g12345678", null, 2).ShouldBe("g12345678-h-2-e");
        ClientOrderId.Exit("g12345678", 3, 17, 2).ShouldBe("g12345678-3-17-x2");
        ClientOrderId.Exit("g12345678", null, 2, 1).ShouldBe("g12345678-h-2-x1");
        ClientOrderId.Leg("g12345678-3-17-e", 't', 4).ShouldBe("g12345678-3-17-e-t4");
    }

    [Fact]
    public void An_id_that_a_venue_takes_is_sent_as_it_is_and_a_longer_one_as_its_hash()
    {
        ClientOrderId.Fit("g0123abcd-1234567-12345-e-s1", 28).ShouldBe("g0123abcd-1234567-12345-e-s1");
        ClientOrderId.Fit("g0123abcd-1234567-1234567-e-s1", 28).ShouldBe("hc1df356cbf3459df761104e355e");
    }

    [Fact]
    public void An_id_says_its_tag_and_whether_it_was_entered_by_hand()
    {
        var hand = ClientOrderId.Entry("g12345678", null, 205);
        (ClientOrderId.IsByHand(hand), ClientOrderId.HandNumberOf(hand)).ShouldBe((true, 205));
        ClientOrderId.IsByHand(ClientOrderId.Entry("g12345678", 3, 17)).ShouldBeFalse();
        (ClientOrderId.Has(hand, "g12345678"), ClientOrderId.Has(hand, "g1234567")).ShouldBe((true, false));
    }
}
