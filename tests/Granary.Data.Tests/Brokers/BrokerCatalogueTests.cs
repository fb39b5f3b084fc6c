using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Brokers;

public sealed class BrokerCatalogueTests
{
    // A broker as a plug-in declares one.
    [Broker("moon", "Trades on the moon.")]
    private sealed class MoonBroker(string key, [Range(1, 10)] int leverage = 1, bool hedge = false) : IBrokerFactory
    {
        public string Given => $"{key} {leverage} {hedge}";

        public Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }

    [Broker("Upper", "Its name cannot be written.")]
    private sealed class BadlyNamedBroker : IBrokerFactory
    {
        public Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }

    private static readonly BrokerCatalogue _catalogue = new(new CatalogueBuilder<BrokerDefinition>("broker")
        .Add("paper", BrokerDefinition.Of(typeof(PaperBrokerFactory)), "Granary")
        .Add("moon", BrokerDefinition.Of(typeof(MoonBroker)), "a test"));

    private static IBrokerFactory Create(string name, string? options) => _catalogue.Create(name, BrokerOptionText.Parse(options));

    private static string Sentence(string name, string? options) => Should.Throw<InputException>(() => Create(name, options)).Message;

    [Fact]
    public void The_catalogue_has_paper_and_what_was_added() => _catalogue.Names.ShouldBe(["moon", "paper"]);

    [Theory]
    [InlineData("key=abc", "abc 1 False")]
    [InlineData(" key = abc , leverage = 3 , hedge = true ", "abc 3 True")]
    [InlineData("""{ "key": "a,b=c", "leverage": 10, "hedge": true, }""", "a,b=c 10 True")]
    public void Options_are_key_and_value_or_a_JSON_object(string options, string given) =>
        Create("moon", options).ShouldBeOfType<MoonBroker>().Given.ShouldBe(given);

    [Theory]
    [InlineData("mon", null, "there is no broker 'mon'; this Granary has moon, paper")]
    [InlineData("moon", null, "broker 'moon': option 'key' is missing; give it as key=…")]
    [InlineData("moon", "key=a,levrage=2", "broker 'moon' has no option 'levrage'; did you mean 'leverage'?")]
    [InlineData("moon", "key=a,leverage=11", "broker 'moon': leverage = 11 is out of range: 1 … 10")]
    [InlineData("moon", "key=a,leverage=2.5", "broker 'moon': leverage = 2.5: a whole number is needed")]
    [InlineData("moon", "key=a,hedge=maybe", "broker 'moon': hedge = maybe: use true or false")]
    [InlineData("moon", "key", "'key' is not an option; write key=value, or a JSON object")]
    [InlineData("moon", "key=a,key=b", "option 'key' is given twice; give it once")]
    [InlineData("moon", """{ "key": ["a"] }""", "option 'key' must be a text, a number, true or false")]
    [InlineData("paper", "reject=1.5", "broker 'paper': reject = 1.5 is out of range: 0 … 1")]
    [InlineData("paper", "latency=soon",
        "broker 'paper': latency = soon is not a length of time below 40 days; write it as 250ms, 1s, 5m or 1h")]
    public void A_wrong_name_or_option_is_one_sentence_that_names_it(string name, string? options, string sentence) =>
        Sentence(name, options).ShouldBe(sentence);

    [Fact]
    public void Options_that_are_no_valid_JSON_say_so() => Sentence("moon", "{ key: 1 ").ShouldStartWith("the options are not valid JSON");

    [Fact]
    public void The_brokers_of_an_assembly_are_found_by_their_attribute() =>
        BrokerCatalogue.Of(typeof(PaperBroker).Assembly).Names.ShouldBe(["paper"]);

    [Fact]
    public void A_name_that_cannot_be_written_is_refused() =>
        Should.Throw<ArgumentException>(() => BrokerDefinition.Of(typeof(BadlyNamedBroker))).Message
            .ShouldEndWith("use lower-case letters, digits and hyphens");
}
