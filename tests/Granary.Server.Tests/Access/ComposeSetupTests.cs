using Granary.Engine;
using Granary.Server.Access;
using Granary.Simulation.Json;

namespace Granary.Server.Tests.Access;

/// <summary>The passwords and API keys that <c>granary setup compose</c> makes.</summary>
public sealed class ComposeSetupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-compose-").FullName;

    public ComposeSetupTests() => File.WriteAllText(Path.Combine(_folder, "docker-compose.yml"), "services: {}\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<ComposeSetup> CreateAsync(string profile = "small") =>
        ComposeSetup.CreateAsync(_folder, profile, TimeProvider.System);

    private static Dictionary<string, string> Variables(ComposeSetup setup) => File.ReadAllLines(setup.Environment)
        .Where(l => l.Length > 0 && l[0] != '#').ToDictionary(l => l.Split('=')[0], l => l.Split('=', 2)[1], StringComparer.Ordinal);

    private string[] Files() => [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(_folder, f)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Its_keys_are_those_of_the_file_of_keys_with_the_roles_that_their_users_need()
    {
        var setup = await CreateAsync("full");
        var variables = Variables(setup);
        var keys = ApiKeys.Open(setup.Keys);
        (keys.Find(variables["GRANARY_KEY"])!.Name, keys.Find(variables["GRANARY_KEY"])!.Role).ShouldBe(("admin", Role.Admin));
        (keys.Find(variables["PROMETHEUS_KEY"])!.Name, keys.Find(variables["PROMETHEUS_KEY"])!.Role).ShouldBe(("prometheus", Role.Viewer));
        variables["COMPOSE_PROFILES"].ShouldBe("full");
        Path.GetFullPath(Path.Combine(_folder, variables["GRANARY_KEYS_FILE"])).ShouldBe(Path.GetFullPath(setup.Keys));
    }

    [Fact]
    public async Task Each_password_is_another_one_of_letters_and_digits_and_differs_between_two_deployments()
    {
        var first = Variables(await CreateAsync());
        File.Delete(Path.Combine(_folder, ".env"));
        Directory.Delete(Path.Combine(_folder, "secrets"), recursive: true);
        var second = Variables(await CreateAsync());
        var passwords = new[] { first, second }.SelectMany(v => v.Where(p => p.Key.EndsWith("_PASSWORD", StringComparison.Ordinal))
            .Select(p => p.Value)).ToList();
        passwords.Count.ShouldBe(6);
        passwords.ShouldBeUnique();
        passwords.ShouldAllBe(p => p.Length == 32 && p.All(char.IsAsciiLetterOrDigit));
    }

    [Fact]
    public async Task Only_the_owner_may_read_its_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no permissions of this form");
        var setup = await CreateAsync();
        foreach (var file in new[] { setup.Environment, setup.Keys })
#pragma warning disable CA1416 // skipped on Windows
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
#pragma warning restore CA1416
    }

    [Theory]
    [InlineData(".env")]
    [InlineData("secrets/keys.json")]
    public async Task It_refuses_to_replace_secrets_that_are_in_use(string kept)
    {
        await CreateAsync();
        foreach (var other in new[] { ".env", "secrets/keys.json" }.Where(f => f != kept)) File.Delete(Path.Combine(_folder, other));
        var (before, files) = (await File.ReadAllTextAsync(Path.Combine(_folder, kept)), Files());
        (await Should.ThrowAsync<InputException>(() => CreateAsync())).Message.ShouldContain($"{kept} exists already");
        (await File.ReadAllTextAsync(Path.Combine(_folder, kept))).ShouldBe(before);
        Files().ShouldBe(files);
    }

    [Fact]
    public async Task It_refuses_a_folder_without_the_compose_file_and_an_unknown_profile_and_writes_nothing()
    {
        (await Should.ThrowAsync<InputException>(() => CreateAsync("medium"))).Message.ShouldBe(
            "--profile medium: docker-compose.yml has the profiles small and full");
        File.Delete(Path.Combine(_folder, "docker-compose.yml"));
        (await Should.ThrowAsync<InputException>(() => CreateAsync())).Message.ShouldContain("has no docker-compose.yml");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_calls_at_the_same_time_one_makes_the_secrets_and_the_other_fails()
    {
        var calls = Enumerable.Range(0, 2).Select(_ => Task.Run(() => CreateAsync())).ToList();
        await Task.WhenAll(calls.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default)));
        calls.Count(c => c.IsCompletedSuccessfully).ShouldBe(1);
        var setup = await calls.Single(c => c.IsCompletedSuccessfully);
        ApiKeys.Open(setup.Keys).Find(Variables(setup)["GRANARY_KEY"]).ShouldNotBeNull();
    }
}
