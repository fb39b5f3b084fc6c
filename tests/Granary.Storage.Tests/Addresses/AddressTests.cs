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
    [InlineData("Postgres://h/db", "postgres", "h/db")]
    [InlineData(" CSV:data ", "csv", "data")]
    [InlineData("postgres:u:secret@h", "postgres", "u:secret@h")]
    [InlineData("csv:generated:x", "csv", "generated:x")]
    [InlineData("some/folder", "", "some/folder")]
    [InlineData("./csv:x", "", "./csv:x")]
    [InlineData("C:\\bars", "", "C:\\bars")]
    [InlineData("", "", "")]
    public void An_address_is_its_scheme_and_what_follows(string text, string scheme, string body)
    {
        var address = Address.Parse(text);
        (address.Scheme, address.Body).ShouldBe((scheme, body));
    }

    [Theory]
    [InlineData("csv:a/../b", "/data/b", "csv:/data/b")]
    [InlineData("store:/abs", "/abs", "store:/abs")]
    [InlineData("models", "/data/models", "/data/models")]
    [InlineData("./csv:x", "/data/csv:x", "/data/csv:x")]
    [InlineData("postgres://me:p@h/db", null, "postgres://me:p@h/db")]
    [InlineData("generated:/../../x", null, "generated:/../../x")]
    [InlineData("ws:binance", null, "ws:binance")]
    [InlineData("ws:binance?keep=kept", null, "ws:binance?keep=/data/kept")]
    [InlineData("csv:a?keep=store:b", "/data/a", "csv:/data/a?keep=store:/data/b")]
    public void An_address_says_which_path_it_opens_and_has_a_text_that_means_the_same_from_every_folder(string text, string? path,
        string full)
    {
        var address = Address.Parse(text, "/data");
        (address.Path, address.Full).ShouldBe((path, full));
        Address.Parse(full, "/elsewhere").Full.ShouldBe(full);
        address.Written.ShouldBe(text);
    }

    [Theory]
    [InlineData("postgres//me:secret@h/db")]
    [InlineData("postgres/me:secret@h/db")]
    [InlineData("//me:secret@h/db")]
    [InlineData("postgres;//me:secret@h:5432/db")]
    [InlineData("postgres ://me:secret@h/db")]
    public void A_server_whose_scheme_is_misspelled_is_no_path_and_its_password_is_not_shown(string text)
    {
        var message = Should.Throw<BarDataException>(() => Address.Parse(text)).Message;
        message.ShouldContain("SCHEME://USER:PASSWORD@HOST");
        message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("./a:b@c")]
    [InlineData("/data/a:b@c")]
    [InlineData("runs/me@home")]
    [InlineData("../a:b@c/d")]
    public void A_path_may_have_a_colon_and_an_at_sign(string text) => Address.Parse(text).Scheme.ShouldBe(Address.Plain);

    [Theory]
    [InlineData("postgres://me:12/secret@h/db")]
    [InlineData("postgres://me:12?secret@h/db")]
    [InlineData("postgres://me:12?sslmode=secret@h/db")]
    [InlineData("questdb://me:9000/secret@h")]
    public void No_message_shows_a_part_of_a_password_that_looks_like_another_part_of_the_address(string text)
    {
        var message = Should.Throw<BarDataException>(() => ServerAddress.Of(Address.Parse(text), ["sslmode", "timeout"])).Message;
        message.ShouldNotContain("secret");
        message.ShouldContain("%2F");
    }

    [Fact]
    public void A_text_with_control_characters_is_no_address()
    {
        for (var c = '\0'; c < ' '; c++)
            Should.Throw<BarDataException>(() => Address.Parse($"csv:a{c}b")).Message.ShouldContain("control character");
    }

    [Theory]
    [InlineData("postgres://me:secret@h:1/db?sslmode=require", "postgres://me@h:1/db?sslmode=require")]
    [InlineData("postgres://me:se@cr:et@h/db", "postgres://me@h/db")]
    [InlineData("postgres://me@h/db", "postgres://me@h/db")]
    [InlineData("postgres://h:5432/db", "postgres://h:5432/db")]
    [InlineData("csv:data", "csv:data")]
    [InlineData("bars/202?.csv", "bars/202?.csv")]
    [InlineData("questdb://h?pg=8812&table=t_{timeframe}", "questdb://h?pg=8812&table=t_{timeframe}")]
    [InlineData("Postgres://me:secret@h/db", "postgres://me@h/db")]
    [InlineData(" postgres://me:secret@h/db", "postgres://me@h/db")]
    [InlineData("postgres:me:secret@h/db", "postgres:…@h/db")]
    [InlineData("postgres://h/db?password=secret", "postgres://h/db?password=…")]
    [InlineData("ws:binance?keep=postgres://me:secret@h/db", "ws:binance?keep=postgres://me@h/db")]
    [InlineData("Host=h;Password=secret", "Host=h;Password=…")]
    public void An_address_is_shown_without_its_password(string text, string shown) => Address.Parse(text).ToString().ShouldBe(shown);

    [Theory]
    [InlineData("postgres://reader:S3CRETpw@db/bars", "postgres://reader@db/bars")]
    [InlineData("compare postgres://a:S3CRET@h/x with 'questdb://b:S3CRET@k:9000?pg=8812'.",
        "compare postgres://a@h/x with 'questdb://b@k:9000?pg=8812'.")]
    [InlineData("{\"source\":\"postgres://a:S3CRET@h/x\"}", "{\"source\":\"postgres://a@h/x\"}")]
    [InlineData("postgres:Host=h;Password=S3CRET;Database=d", "postgres:Host=h;Password=…;Database=d")]
    [InlineData("https://hooks.example/T0/?key=S3CRET", "https://hooks.example/T0/?key=…")]
    [InlineData("me:S3CRET@db/bars", "…@db/bars")]
    [InlineData("ask me@example.org about csv:bars", "ask me@example.org about csv:bars")]
    [InlineData("/runs/2024-01/why?strategy=SmaCross(fast=10)@ACME:1h", "/runs/2024-01/why?strategy=SmaCross(fast=10)@ACME:1h")]
    public void Secrets_of_addresses_in_a_text_are_hidden(string text, string shown) => Address.HideIn(text).ShouldBe(shown);

    [Fact]
    public void An_unknown_option_is_reported_with_the_nearest_name_and_without_the_password()
    {
        Should.Throw<BarDataException>(() => Address.Parse("postgres://me:secret@h/db?datset=x").Options(["dataset", "timeout"])).Message
            .ShouldBe("'postgres://me@h/db?datset=…': there is no option 'datset'; did you mean dataset?");
        Address.Parse("questdb://h?table=a%26b&pg=1").Options(["table", "pg"])
            .ShouldBe(new Dictionary<string, string> { ["table"] = "a&b", ["pg"] = "1" }, ignoreOrder: true);
        Should.Throw<BarDataException>(() => ServerAddress.Of(Address.Parse("postgres://"),
            ["dataset"])).Message.ShouldBe("'postgres://' is not a valid address; write postgres://USER:PASSWORD@HOST:PORT/NAME");
    }

    // Every way to write a password, with characters that take an address apart.
    [Fact]
    public void No_text_of_an_address_and_no_fault_shows_its_password()
    {
        string[] schemes = ["postgres", "postgresql", "Postgres", "POSTGRES", " postgres", "questdb", "kafka", "postgers", "ws", "exchange",
            "my-plugin"];
        string[] hosts = ["h/db", "h:5432/db?dataset=x", "h/db?sslmode=require&timeout=7", "h", "10.0.0.1:1/db?other=1"];
        Func<string, string, string, string>[] forms =
        [
            (s, p, h) => $"{s}://me:{p}@{h}", (s, p, h) => $"{s}://:{p}@{h}", (s, p, h) => $"{s}:me:{p}@{h}", (s, p, h) =>
                $"{s}:/me:{p}@{h}",
            (s, p, h) => $"{s}:///me:{p}@{h}", (s, p, h) => $"//me:{p}@{h}", (s, p, h) => $"ws:x?keep={s.Trim()}://me:{p}@{h}",
        ];
        Func<string, string, string>[] queries =
        [
            (s, p) => $"{s}://h/db?password={p}", (s, p) => $"{s}://h/db?user=me&Password={p}", (s, p) => $"{s}:h?pwd={p}",
            (s, p) => $"{s}:Host=h;Password={p}", (s, p) => $"{s}://h/db?sslpassword={p}&timeout=5", (s, p) => $"{s}//h/db?pass={p}",
        ];
        var random = new Random(29);
        var letters = "abcXYZ019!$*_-.~%/:?#@ +".ToCharArray();
        foreach (var scheme in schemes)
            for (var n = 0; n < 100; n++)
            {
                var secret = "Pw" + new string(random.GetItems(letters, 6)).Replace(' ', '_') + "9wP";
                foreach (var form in forms) Check(form(scheme, secret, hosts[n % hosts.Length]), secret);
                // Behind a question mark '&' and '#' end a value, and an '@' is none of a password.
                var plain = secret.Replace('@', 'a').Replace('?', 'q').Replace('#', 'h');
                foreach (var query in queries) Check(query(scheme, plain), plain);
            }

        static void Check(string text, string secret)
        {
            Address address;
            try
            {
                address = Address.Parse(text, "/data");
            }
            catch (BarDataException e)
            {
                Hides(e.Message, secret, text);
                return;
            }
            Hides(address.ToString(), secret, text);
            foreach (var use in (Action[])[() => ServerAddress.Of(address, ["dataset", "timeout"]), () => address.Options(["dataset"]),
                () => new Place("/data", new Confinement("/data", ["none"])).Address(text)])
            {
                try
                {
                    use();
                }
                catch (BarDataException e)
                {
                    Hides(e.Message, secret, text);
                }
            }
        }

        // Not even its ends, which stand at either side of a character that takes the address apart.
        static void Hides(string shown, string secret, string text) =>
            (shown.Contains("Pw", StringComparison.Ordinal) || shown.Contains("9wP",
                StringComparison.Ordinal)).ShouldBeFalse($"{text} → {shown} ({secret})");
    }
}
