using Granary.Engine.Market;
using Granary.Kafka.Bars;
using Granary.Storage.Addresses;

namespace Granary.Kafka.Tests;

public class KafkaAddressesTests
{
    [Theory]
    [InlineData("kafka://me:secret@host:9092/t", "Granary connects to Kafka without user and password")]
    [InlineData("kafka://host:9092/t?group=me:secret@x", "without user and password")]
    [InlineData("kafka://", "'' is not a broker address")]
    [InlineData("kafka://host/t", "'host' is not a broker address")]
    [InlineData("kafka://h:1/a b", "'a b' is not a valid topic name")]
    [InlineData("kafka://h:1/../x", "is not a valid topic name")]
    [InlineData("kafka://h:1/t?from=json", "there is no option 'from'; did you mean form?")]
    [InlineData("kafka://h:1/t?form=xml", "form cannot be 'xml'")]
    [InlineData("postgres://h", "is not a Kafka address")]
    public void What_is_no_address_is_a_sentence(string text, string part) =>
        Should.Throw<BarDataException>(() => KafkaBarAddress.Of(Address.Parse(text))).Message.ShouldContain(part);

    [Fact]
    public void A_symbol_never_becomes_another_topics_name()
    {
        var address = KafkaBarAddress.Of(Address.Parse("kafka://h:1/bars?topics=symbol"));
        address.TopicOf(Timeframe.M1, "BTC/USDT").ShouldBe("bars.BTC_2FUSDT");
        address.TopicOf(Timeframe.M1, "A_B").ShouldBe("bars.A_5FB");
        address.TopicOf(Timeframe.M1, "../x").ShouldBe("bars._2E_2E_2Fx");
        KafkaBarAddress.Of(Address.Parse("kafka://h:1,i:2")).TopicOf(Timeframe.M5).ShouldBe("granary.bars.5m");
        Should.Throw<BarDataException>(() => address.TopicOf(Timeframe.M1, new string('/', 90))).Message.ShouldContain("Kafka takes 249");
    }
}
