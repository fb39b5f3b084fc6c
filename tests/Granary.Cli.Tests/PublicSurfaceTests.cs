using System.Reflection;
using Granary.Testing;
using PublicApiGenerator;

namespace Granary.Cli.Tests;

/// <summary>
/// PublicAPI.txt in the folder of each package lists what its users can call, so that a change of it is seen in a review.
/// <c>GRANARY_WRITE_DOCS=1</c> writes the files.
/// </summary>
public sealed class PublicSurfaceTests
{
    // The compiler writes the path and the line of the source into the attributes of xUnit.
    private static readonly ApiGeneratorOptions s_options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["Xunit.FactAttribute", "Xunit.TheoryAttribute"],
    };

    public static TheoryData<string> Packages =>
        [.. Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src"), "PACKAGE.md", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Where(name => AssemblyOf(name) is not null)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_the_public_types_and_members_that_its_file_lists(string package)
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "src", package, "PublicAPI.txt");
        var text = Assembly.LoadFrom(AssemblyOf(package)!).GeneratePublicApi(s_options).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, text);
        else (File.ReadAllText(path) == text).ShouldBeTrue($"{path} differs: run these tests with GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public void The_libraries_among_the_packages_have_such_a_file() =>
        Packages.Count.ShouldBe(18);

    // Null for packages without a library, the command line and the templates, and for those that other tests list.
    private static string? AssemblyOf(string package) =>
        new[] { "", "testing" }.Select(folder => Path.Combine(AppContext.BaseDirectory, folder, package + ".dll"))
            .FirstOrDefault(File.Exists);
}
