using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Storage.Tests.Addresses;

/// <summary>Where the texts of callers may lead.</summary>
public sealed class PlaceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("granary-place-").FullName;

    public PlaceTests()
    {
        foreach (var folder in (string[])["data/inside", "outside"]) Directory.CreateDirectory(Path.Combine(_root, folder));
        Directory.CreateSymbolicLink(Path.Combine(_root, "data", "link"), Path.Combine(_root, "outside"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "data", "circle"), Path.Combine(_root, "data", "circle"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Place Confined(params string[] allowed) => new(Path.Combine(_root, "data"), new Confinement(Path.Combine(_root, "data"),
        allowed));

    [Fact]
    public void No_scheme_and_no_escape_makes_an_address_that_opens_a_path_outside()
    {
        string[] schemes = ["", "csv:", "store:", "generated:", "postgres:", "ws:", "inverse:", "file:", "CSV:", "Store:", " csv:",
            "./csv:",
            "csv:generated:", "generated:csv:", "csv:inside?keep=", "ws:binance?keep=", "generated:x?keep="];
        string[] escapes = ["../outside/x", "inside/../../outside/x", _root + "/outside/x", "link/x", "link", "..", "/",
            "/../../../../../etc/passwd",
            "..%2foutside", "circle/x", "//etc/passwd", "./../outside"];
        var within = Path.Combine(_root, "data");
        foreach (var text in schemes.SelectMany(s => escapes.Select(e => s + e)))
        {
            foreach (var allowed in (string[][])[[], ["postgres"], ["ws", "inverse"]])
            {
                Address address;
                try
                {
                    address = Confined(allowed).Address(text);
                }
                catch (BarDataException e)
                {
                    e.Message.ShouldContain("leads out of the server's data folder");
                    continue;
                }
                foreach (var opened in (Address?[])[address, address.Keep])
                    if (opened?.Path is { } path)
                        (Path.GetFullPath(path) + "/").ShouldStartWith(within + "/", customMessage: text);
                    else if (opened is not null) (opened.Scheme == "generated" || allowed.Contains(opened.Scheme)).ShouldBeTrue(text);
                address.Path?.Contains("/link", StringComparison.Ordinal).ShouldBeFalse(text);
            }
        }
    }

    [Theory]
    [InlineData("/data/1h/ACME.csv: the file is empty", "1h/ACME.csv: the file is empty")]
    [InlineData("'csv:/data/1h' leads out of it", "'csv:1h' leads out of it")]
    [InlineData("there is no room in /data.", "there is no room in ..")]
    [InlineData("/runs/a/results.json is missing", "runs/a/results.json is missing")]
    [InlineData("'csv:/home/ann/data/1h' leads out of it", "'csv:/home/ann/data/1h' leads out of it")]
    [InlineData("/database/x and /data-old/y", "/database/x and /data-old/y")]
    public void A_sentence_shows_paths_relative_to_the_servers_folders_and_leaves_others_as_they_are(string sentence, string shown)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other paths");
        new Confinement("/data", []) { Runs = "/runs" }.Shown(sentence).ShouldBe(shown);
    }

    [Theory]
    [InlineData("postgres", "postgres://db.local/bars", true)]
    [InlineData("postgres", "Postgres://db.local/bars", true)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/bars?timeout=5", true)]
    [InlineData("postgres://db.local", "postgres://db.local.elsewhere/bars", false)]
    [InlineData("postgres://db.local/bars", "postgresql://DB.local:5432/bars", true)]
    [InlineData("postgres://db.local", "postgres://db.local/bars", true)]
    [InlineData("postgres://db.local/", "postgres://db.local/bars", true)]
    [InlineData("postgres://me@db.local/bars", "postgres://me:pw@db.local/bars", true)]
    [InlineData("postgres://me@db.local/bars", "postgres://other:pw@db.local/bars", false)]
    [InlineData("postgres://db.local/bars", "postgres://me:pw@db.local/bars", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local:5433/bars", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/bars/../other", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/bars/%2e%2e/other", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/bars/..%2fother", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/bars%2f..%2fother", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/bars/..\\other", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/other?x=/bars", false)]
    [InlineData("postgres://db.local/bars", "postgres://db.local/barsother", false)]
    [InlineData("questdb://db.local:9000", "questdb://db.local", true)]
    [InlineData("questdb://db.local:9000", "questdb://db.local:9000?pg=5432", false)]
    [InlineData("kafka://a:9092,b:9092/bars", "kafka://A:9092,b:9092/bars?form=json", true)]
    [InlineData("kafka://a:9092/bars", "kafka://a:9092/other", false)]
    [InlineData("kafka://a:9092/bars", "kafka://a:9092,evil:9092/bars", false)]
    [InlineData("mine://h/a", "mine://h/a/b", true)]
    [InlineData("mine://h/a", "mine://h/a/../b", false)]
    [InlineData("mine://h/a", "mine://h/a/%2e%2e/b", false)]
    [InlineData("mine:folder", "mine:folder/../x", false)]
    [InlineData("ws", "ws:binance?endpoint=ws://127.0.0.1:9/", false)]
    [InlineData("ws", "ws:binance?endpoint=wss://stream.elsewhere/", false)]
    [InlineData("ws:binance", "ws:binance", true)]
    [InlineData("ws:binance", "ws:binance?endpoint=http://10.0.0.1/", false)]
    [InlineData("ws", "ws:binance?keep=../outside", false)]
    public void A_server_is_admitted_where_it_is_allowed_with_all_that_its_options_name(string allowed, string text, bool admitted)
    {
        if (admitted) Confined(allowed).Address(text).Scheme.ShouldNotBe("");
        else Should.Throw<BarDataException>(() => Confined(allowed).Address(text)).Message.ShouldContain("leads out");
    }

    [Fact]
    public void The_samples_of_the_server_are_admitted_wherever_they_are()
    {
        var samples = Path.Combine(_root, "runs", ".samples");
        var place = new Place(Path.Combine(_root, "data"),
            new Confinement(Path.Combine(_root, "data"), []) { Runs = Path.Combine(_root, "runs") });
        foreach (var written in (string[])[$"csv:{samples}/data/1h", "csv:.samples/data/1h"])
        {
            place.Address(written).Path.ShouldBe(Path.Combine(samples, "data", "1h"));
            place.Address(written).Kept.ShouldBe("csv:.samples/data/1h");
        }
        place.Within(".samples").Address("csv:data/1h").Path.ShouldBe(Path.Combine(samples, "data", "1h"));
        foreach (var outside in (string[])[$"csv:{samples}/..", $"csv:{samples}-other", "csv:../runs"])
            Should.Throw<BarDataException>(() => place.Address(outside)).Message.ShouldContain("leads out");
    }

    [Fact]
    public void An_endpoint_is_admitted_by_its_host_and_not_by_its_scheme_alone()
    {
        Confined("ws", "ws://10.0.0.1:9443").Address("ws:binance?endpoint=ws://10.0.0.1:9443/stream").Body.ShouldBe("binance");
        Should.Throw<BarDataException>(() => Confined("ws", "ws://10.0.0.1:9443").Address("ws:binance?endpoint=ws://10.0.0.1:9444/"));
    }

    [Theory]
    [InlineData("inside", true)]
    [InlineData(".", true)]
    [InlineData("..", false)]
    [InlineData("link", false)]
    [InlineData("/", false)]
    [InlineData("generated:/../..", false)]
    public void A_folder_within_a_place_is_one_of_it(string folder, bool admitted)
    {
        if (admitted) Confined().Within(folder).Address("csv:x").Path!.ShouldStartWith(Path.Combine(_root, "data"));
        else Should.Throw<BarDataException>(() => Confined().Within(folder)).Message.ShouldContain("leads out");
    }

    [Fact]
    public void A_link_in_a_folder_of_the_place_is_no_file_that_its_author_reaches()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "data", "inside", "x.csv"), Path.Combine(_root, "outside", "x.csv"));
        Confined().Address("csv:inside").Files.Holds(Path.Combine(_root, "data", "inside", "x.csv")).ShouldBeFalse();
        Confined().Address("csv:inside").Files.Holds(Path.Combine(_root, "data", "inside", "y.csv")).ShouldBeTrue();
        Address.Parse("csv:inside").Files.Holds("/etc/passwd").ShouldBeTrue();
    }

    [Theory]
    [InlineData("csv:inside", "csv:inside")]
    [InlineData("csv:ROOT/data/inside", "csv:inside")]
    [InlineData("store:.", "store:.")]
    [InlineData("inside/../inside/x.csv", "inside/x.csv")]
    [InlineData("generated:?seed=1", "generated:?seed=1")]
    public void A_confined_address_is_kept_relative_to_the_data_folder_and_opens_the_same_after_a_move(string written, string kept)
    {
        var address = Confined().Address(written.Replace("ROOT", _root));
        address.Kept.ShouldBe(kept);
        var moved = Directory.CreateDirectory(Path.Combine(_root, "moved")).FullName;
        if (address.Path is { } path)
            new Confinement(moved, []).PlaceOf(".").Address(kept).Path
                .ShouldBe(Path.Combine(moved, Path.GetRelativePath(Path.Combine(_root, "data"), path)).TrimEnd('.').TrimEnd('/'));
        Address.Parse("csv:inside", _root).Kept.ShouldBe($"csv:{_root}/inside");
    }

    [Fact]
    public void A_sentence_of_a_confined_server_has_its_paths_as_callers_write_them()
    {
        var confinement = new Confinement(Path.Combine(_root, "data"), []) { Runs = Path.Combine(_root, "data", "runs") };
        confinement.Shown($"{_root}/data/a.csv, line 3; {_root}/data; {_root}/data/runs/x and {_root}/data/runs/.samples/b.csv")
            .ShouldBe("a.csv, line 3; .; runs/x and .samples/b.csv");
    }
}
