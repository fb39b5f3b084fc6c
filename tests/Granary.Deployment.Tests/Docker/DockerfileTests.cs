using System.Text.RegularExpressions;
using System.Xml.Linq;
using Granary.Deployment.Tests.Running;
using Granary.Silo.Options;
using Granary.Testing;

namespace Granary.Deployment.Tests.Docker;

/// <summary>The Dockerfile against projects and options that it names. <c>tests/images.sh</c> builds its images.</summary>
public partial class DockerfileTests
{
    private static string Root => SharedData.RepositoryRoot;

    // continued lines joined, comments dropped
    private static IReadOnlyList<string> Lines =>
        [.. File.ReadAllText(Path.Combine(Root, "Dockerfile")).ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal)
            .Split('\n').Where(l => l.Length > 0 && l[0] != '#')];

    // Of an image: the lines of its own stage after those that both images have.
    private static IReadOnlyList<string> Final(string image) => [.. Stage("base"), .. Stage(image)];

    private static XDocument Project(string path) => XDocument.Load(Path.Combine(Root, path));

    /// <summary>The projects of the two programs, and what they refer to and import, directly or not.</summary>
    private static HashSet<string> ProjectFiles()
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        void Add(string path)
        {
            if (!all.Add(path)) return;
            var parts = Project(path).Descendants();
            foreach (var named in parts.Where(p => p.Name.LocalName == "ProjectReference").Select(p => p.Attribute("Include")!.Value)
                .Concat(parts.Where(p => p.Name.LocalName == "Import").Select(p => p.Attribute("Project")!.Value)))
                Add(named.Replace("$(RootDir)", "", StringComparison.Ordinal)
                    .Replace("$(MSBuildThisFileDirectory)", Path.GetDirectoryName(path) + "/", StringComparison.Ordinal));
        }
        Add("src/Granary.Silo/Granary.Silo.csproj");
        Add("src/Granary.Cli/Granary.Cli.csproj");
        return all;
    }

    [Fact]
    public void All_projects_of_the_programs_and_what_they_import_are_there_when_packages_are_restored_and_nothing_else() =>
        Stage("build").TakeWhile(l => !l.Contains("dotnet restore", StringComparison.Ordinal))
            .Where(l => l.StartsWith("COPY src/", StringComparison.Ordinal)).Select(l => l.Split(' ')[1])
            .ShouldBe(ProjectFiles().Append("src/Directory.Build.props"), ignoreOrder: true);

    private static IEnumerable<string> Stage(string name) =>
        Lines.SkipWhile(l => !l.EndsWith($" AS {name}", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => !l.StartsWith("FROM ", StringComparison.Ordinal));

    [Fact]
    public void The_dashboard_that_one_stage_builds_is_in_the_project_before_the_next_compiles_it()
    {
        Stage("web").ShouldContain(l => l.StartsWith("RUN npm run build", StringComparison.Ordinal));
        var build = Stage("build").ToList();
        var copied = build.IndexOf("COPY --from=web /source/src/Granary.Web/dist src/Granary.Web/dist");
        copied.ShouldBeGreaterThan(build.IndexOf("COPY src/ src/"));
        copied.ShouldBeLessThan(build.FindIndex(l => l.Contains("dotnet build ", StringComparison.Ordinal)));
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
        foreach (var embedded in ProjectFiles().Where(p => p.EndsWith(".csproj", StringComparison.Ordinal))
            .SelectMany(p => Project(p).Descendants("EmbeddedResource"))
            .Select(e => e.Attribute("Include")!.Value).Where(i => i.StartsWith("$(RootDir)", StringComparison.Ordinal))
            .Select(i => i["$(RootDir)".Length..]))
        {
            var folder = embedded[..(embedded.LastIndexOf('/') + 1)];
            CopiedSources().ShouldContain(copied => copied == embedded || folder.StartsWith(copied, StringComparison.Ordinal), embedded);
        }
    }

    [Theory]
    [InlineData("silo", "src/Granary.Silo/Granary.Silo.csproj")]
    [InlineData("granary", "src/Granary.Cli/Granary.Cli.csproj")]
    public void An_image_starts_the_program_that_its_project_builds(string image, string project)
    {
        var name = Project(project).Descendants("AssemblyName").Single().Value;
        Final(image).ShouldContain($"ENTRYPOINT [\"dotnet\", \"{name}.dll\"]");
        Final(image).ShouldContain(l => l.StartsWith("HEALTHCHECK", StringComparison.Ordinal)
            && l.EndsWith($"CMD [\"dotnet\", \"{name}.dll\", \"health\"]", StringComparison.Ordinal));
        Stage("build").ShouldContain(l => l.StartsWith($"RUN dotnet publish {Path.GetDirectoryName(project)} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("granary")]
    public void An_image_runs_without_rights_and_not_as_root(string image)
    {
        var lines = Final(image);
        lines.Single(l => l.StartsWith("USER ", StringComparison.Ordinal)).ShouldBe("USER ${APP_UID}");
        int.Parse(lines.Single(l => l.StartsWith("ARG APP_UID=", StringComparison.Ordinal)).Split('=')[1]).ShouldBeGreaterThan(0);
        // Without a shell nothing can be run while the image is made; and its base is the one without a shell.
        lines.ShouldNotContain(l => l.StartsWith("RUN ", StringComparison.Ordinal));
        Lines.ShouldContain("FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS base");
    }

    [Fact]
    public void It_exposes_the_ports_and_sets_the_variables_that_the_silo_reads()
    {
        var environment = VariablesOf("silo");
        foreach (var variable in environment.Keys.Where(v => v.StartsWith("GRANARY_", StringComparison.Ordinal)))
            SiloOption.All.Select(o => o.Variable).ShouldContain(variable);
        environment["ASPNETCORE_HTTP_PORTS"].ShouldBeEmpty("the base image's own port would be listened on without GRANARY_URLS");
        var settings = SiloEnvironment.Read(environment.Append(KeyValuePair.Create("GRANARY_KEYS", "keys")).ToDictionary());
        Final("silo").Single(l => l.StartsWith("EXPOSE ", StringComparison.Ordinal))
            .ShouldBe($"EXPOSE {SiloEnvironment.HttpPort(settings)} {settings.SiloPort} {settings.GatewayPort}");
        Final("silo").ShouldContain($"VOLUME {environment["GRANARY_RUNS"]}");
    }

    [Fact]
    public void The_single_server_listens_where_its_health_check_asks_and_writes_to_its_volumes_only()
    {
        var command = Final("granary").Single(l => l.StartsWith("CMD ", StringComparison.Ordinal));
        var environment = VariablesOf("granary");
        command.ShouldContain($"\"--urls\", \"{environment["GRANARY_URLS"]}\"");
        var volumes = Final("granary").Where(l => l.StartsWith("VOLUME ", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ')[1..]).ToList();
        foreach (var option in (string[])["runs", "data", "keys"])
            volumes.ShouldContain(v => command.Contains($"\"--{option}\", \"{v}", StringComparison.Ordinal), option);
        volumes.ShouldContain(v => environment["GRANARY_TRIALS"].StartsWith(v + "/", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> VariablesOf(string image) =>
        Final(image).Where(l => l.StartsWith("ENV ", StringComparison.Ordinal)).SelectMany(l => Variable().Matches(l["ENV ".Length..]))
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);

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
        var images = Lines.Where(l => l.StartsWith("FROM ", StringComparison.Ordinal)
            && l.Contains(" mcr.microsoft.com/dotnet/", StringComparison.Ordinal)).ToList();
        images.Count.ShouldBe(3);
        // One release of one system, so that a library of one fits into the other.
        images.Select(l => l.Split(' ').First(w => w.Contains(':')).Split(':')[1]).ShouldAllBe(v => v.StartsWith(version + "-noble"));
    }

    [GeneratedRegex(@"(?<name>\w+)=(?<value>\S*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
