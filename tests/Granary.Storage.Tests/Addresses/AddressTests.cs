using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Storage.Tests.Addresses;

public sealed class AddressTests
{
    [Theory]
    [InlineData("csv:data/1h", "csv", "data/1h")]
    [InlineData("store:a?b=c", "store", "a?b=c")]
    [InlineData("postgres://u:p@h/db?dataset=x", "postgres", "u:p@h/db")]
    [InlineData("postgresql://h/db", "postgres", "h/db")]
    [InlineData("questdb://h:9000", "questdb", "h:9000")]
    [InlineData("kafka://a:1,b:2/topic?form=json", "kafka", "a:1,b:2/topic")]
    [InlineData("ws:binance?endpoint=ws://h:1/", "ws", "binance")]
    [InlineData("generated:ACME?seed=1", "generated", "ACME")]
    [InlineData("my-plugin:anything", "my-plugin", "anything")]
    [InlineData("some/folder", "", "some/folder")]
    [InlineData("C:\\bars", "", "C:\\bars")]
    [InlineData("", "", "")]
    public void An_address_is_its_scheme_and_what_follows(string text, string scheme, string body)
    {
        var address = Address.Parse(text);
        (address.Scheme, address.Body).ShouldBe((scheme, body));
        Address.Has(text, scheme).ShouldBeTrue();
        if (!text.StartsWith("postgresql", StringComparison.Ordinal)) address.ToString().ShouldBe(text);
    }

    [Fact]
    public void Only_a_folder_is_placed_in_another_one()
    {
        Address.Parse("csv:a/../b").PlacedIn("/data").ToString().ShouldBe("csv:/data/b");
        Address.Parse("store:/abs").PlacedIn("/data").ToString().ShouldBe("store:/abs");
        Address.Parse("postgres://h/db").PlacedIn("/data").ToString().ShouldBe("postgres://h/db");
        Address.Parse("ws:binance").PlacedIn("/data").ToString().ShouldBe("ws:binance");
    }

    [Theory]
    [InlineData("postgres://me:secret@h:1/db?sslmode=require", "postgres://me@h:1/db?sslmode=require")]
    [InlineData("postgres://me:se@cr:et@h/db", "postgres://me@h/db")]
    [InlineData("postgres://me@h/db", "postgres://me@h/db")]
    [InlineData("postgres://h:5432/db", "postgres://h:5432/db")]
    [InlineData("csv:data", "csv:data")]
    public void An_address_is_shown_without_its_password(string text, string shown) => Address.Parse(text).Shown.ShouldBe(shown);

    [Fact]
    public void An_unknown_option_is_reported_with_the_nearest_name_and_without_the_password()
    {
        Should.Throw<BarDataException>(() => Address.Parse("postgres://me:secret@h/db?datset=x").Options(["dataset", "timeout"])).Message
            .ShouldBe("'postgres://…@h/db?datset=x': there is no option 'datset'; did you mean dataset?");
        Address.Parse("questdb://h?table=a%26b&pg=1").Options(["table", "pg"])
            .ShouldBe(new Dictionary<string, string> { ["table"] = "a&b", ["pg"] = "1" }, ignoreOrder: true);
        Should.Throw<BarDataException>(() => ServerAddress.Parse("postgres://",
            ["dataset"])).Message.ShouldBe("'postgres://' is no address; write postgres://USER:PASSWORD@HOST:PORT/NAME");
    }

    [Fact]
    public void A_connection_takes_user_database_and_options_from_the_address()
    {
        var connection = PostgresConnection.Of(ServerAddress.Parse("postgres://me:p%40ss@h/db?sslmode=verify-full&timeout=7",
            [.. PostgresConnection.Options]));
        (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database).ShouldBe(("h", 5432, "me", "p@ss",
            "db"));
        (connection.SslMode, connection.Timeout).ShouldBe((Npgsql.SslMode.VerifyFull, 7));
        foreach (var text in new[] { "postgres://h/db?timeout=0", "postgres://h/db?sslmode=maybe", "postgres://h/a/b" })
            Should.Throw<BarDataException>(() => PostgresConnection.Of(ServerAddress.Parse(text, [.. PostgresConnection.Options])));
    }
}
