using System.Text.RegularExpressions;
using System.Xml.Linq;
using Granary.Deployment.Tests.Running;
using Granary.Silo.Options;
using Granary.Testing;

namespace Granary.Deployment.Tests.Docker;

/// <summary>The Dockerfile against the projects and options that it speaks of. No image was ever built from it here.</summary>
public partial class DockerfileTests
{
    private static string Root => SharedData.RepositoryRoot;

    // continued lines joined, comments dropped
    private static IReadOnlyList<string> Lines =>
        [.. File.ReadAllText(Path.Combine(Root, "Dockerfile")).ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal)
            .Split('\n').Where(l => l.Length > 0 && l[0] != '#')];

    private static IReadOnlyList<string> Final =>
        [.. Lines.Skip(Lines.Index().Last(l => l.Item.StartsWith("FROM ", StringComparison.Ordinal)).Index)];

    private static XDocument Project(string path) => XDocument.Load(Path.Combine(Root, path));

    /// <summary>The silo's project and all that it refers to, directly or not.</summary>
    private static HashSet<string> ProjectsOfTheSilo()
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        void Add(string path)
        {
            if (!all.Add(path)) return;
            foreach (var reference in Project(path).Descendants("ProjectReference"))
                Add(reference.Attribute("Include")!.Value.Replace("$(RootDir)", "", StringComparison.Ordinal));
        }
        Add("src/Granary.Silo/Granary.Silo.csproj");
        return all;
    }

    [Fact]
    public void All_projects_of_the_silo_and_what_they_import_are_there_when_packages_are_restored_and_nothing_else() =>
        Stage("build").TakeWhile(l => !l.StartsWith("RUN dotnet restore", StringComparison.Ordinal))
            .Where(l => l.StartsWith("COPY src/", StringComparison.Ordinal)).Select(l => l.Split(' ')[1])
            .Order(StringComparer.Ordinal).ShouldBe(ProjectsOfTheSilo().Concat(ProjectsOfTheSilo().SelectMany(ImportsOf))
                .Append("src/Directory.Build.props")
                .Order(StringComparer.Ordinal));

    private static IEnumerable<string> ImportsOf(string project) => Project(project).Descendants("Import")
        .Select(i => i.Attribute("Project")!.Value.Replace("$(RootDir)", "", StringComparison.Ordinal));

    private static IEnumerable<string> Stage(string name) =>
        Lines.SkipWhile(l => !l.EndsWith($" AS {name}", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => !l.StartsWith("FROM ", StringComparison.Ordinal));

    [Fact]
    public void The_dashboard_that_one_stage_builds_is_in_the_project_before_the_next_publishes_it()
    {
        Stage("web").ShouldContain(l => l.StartsWith("RUN npm run build", StringComparison.Ordinal));
        var build = Stage("build").ToList();
        var copied = build.IndexOf("COPY --from=web /source/src/Granary.Web/dist src/Granary.Web/dist");
        copied.ShouldBeGreaterThan(build.IndexOf("COPY src/ src/"));
        copied.ShouldBeLessThan(build.FindIndex(l => l.StartsWith("RUN dotnet publish", StringComparison.Ordinal)));
    }

    // What the stages copy from the repository.
    private static IEnumerable<string> CopiedSources() =>
        Lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]);

    [Fact]
    public void All_that_is_copied_exists_and_is_not_kept_from_the_context()
    {
        var ignored = File.ReadAllLines(Path.Combine(Root, ".dockerignore"));
        foreach (var source in CopiedSources())
        {
            Path.Exists(Path.Combine(Root, source)).ShouldBeTrue(source);
            ignored.ShouldNotContain(source.Split('/')[0]);
        }
        // what the project takes in from outside of src must be copied too
        foreach (var embedded in ProjectsOfTheSilo().SelectMany(p => Project(p).Descendants("EmbeddedResource"))
            .Select(e => e.Attribute("Include")!.Value).Where(i => i.StartsWith("$(RootDir)", StringComparison.Ordinal))
            .Select(i => i["$(RootDir)".Length..]))
        {
            var folder = embedded[..(embedded.LastIndexOf('/') + 1)];
            CopiedSources().ShouldContain(copied => copied == embedded || folder.StartsWith(copied, StringComparison.Ordinal), embedded);
        }
    }

    [Fact]
    public void It_starts_the_program_that_the_project_builds()
    {
        var name = Project("src/Granary.Silo/Granary.Silo.csproj").Descendants("AssemblyName").Single().Value;
        Final.ShouldContain($"ENTRYPOINT [\"dotnet\", \"{name}.dll\"]");
        Final.ShouldContain(l => l.StartsWith("HEALTHCHECK", StringComparison.Ordinal)
            && l.EndsWith($"CMD [\"dotnet\", \"{name}.dll\", \"health\"]", StringComparison.Ordinal));
    }

    [Fact]
    public void It_runs_without_rights_and_not_as_root()
    {
        var user = Final.Single(l => l.StartsWith("USER ", StringComparison.Ordinal))["USER ".Length..];
        user.ShouldBe("${APP_UID}");
        int.Parse(Final.Single(l => l.StartsWith("ARG APP_UID=", StringComparison.Ordinal)).Split('=')[1]).ShouldBeGreaterThan(0);
        Final.SkipWhile(l => !l.StartsWith("USER ", StringComparison.Ordinal))
            .ShouldNotContain(l => l.StartsWith("RUN ", StringComparison.Ordinal) || l.StartsWith("COPY ", StringComparison.Ordinal));
    }

    [Fact]
    public void It_exposes_the_ports_and_sets_the_variables_that_the_silo_reads()
    {
        var environment = Variable().Matches(Final.Single(l => l.StartsWith("ENV ", StringComparison.Ordinal))["ENV ".Length..])
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        foreach (var variable in environment.Keys.Where(v => v.StartsWith("GRANARY_", StringComparison.Ordinal)))
            SiloOption.All.Select(o => o.Variable).ShouldContain(variable);
        environment["ASPNETCORE_HTTP_PORTS"].ShouldBeEmpty("the base image's own port would be listened on without GRANARY_URLS");
        var settings = SiloEnvironment.Read(environment.Append(KeyValuePair.Create("GRANARY_KEYS", "keys")).ToDictionary());
        Final.Single(l => l.StartsWith("EXPOSE ", StringComparison.Ordinal))
            .ShouldBe($"EXPOSE {SiloEnvironment.HttpPort(settings)} {settings.SiloPort} {settings.GatewayPort}");
        Final.ShouldContain($"VOLUME {environment["GRANARY_RUNS"]}");
    }

    [Fact]
    public void Without_keys_the_container_refuses_to_listen_beyond_itself() =>
        Should.Throw<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            SiloEnvironment.Read(new Dictionary<string, string>
            {
                ["GRANARY_URLS"] =
                "http://0.0.0.0:8080"
            })).Message.ShouldContain("needs keys");

    [Fact]
    public void It_is_built_with_the_sdk_that_the_repository_asks_for()
    {
        var sdk = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "global.json"))).RootElement.GetProperty("sdk")
            .GetProperty("version").GetString()!;
        var version = string.Join('.', sdk.Split('.')[..2]);
        var images = Lines.Where(l => l.StartsWith("FROM mcr.microsoft.com/dotnet/", StringComparison.Ordinal)).ToList();
        images.Count.ShouldBe(2);
        images.Select(l => l.Split(' ')[1].Split(':')[1]).ShouldAllBe(v => v == version);
    }

    [GeneratedRegex(@"(?<name>\w+)=(?<value>\S*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
