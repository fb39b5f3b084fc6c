using Granary.Testing;
using PublicApiGenerator;

namespace Granary.Learning.MLNet.Tests;

/// <summary>
/// PublicAPI.txt lists what users of the package can call. The tests of the command line, which list the other packages,
/// have no reference to it.
/// <c>GRANARY_WRITE_DOCS=1</c> writes the file.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_package_has_the_public_types_and_members_that_its_file_lists()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "src/Granary.Learning.MLNet/PublicAPI.txt");
        var text = typeof(LightGbmTrainer).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, text);
        else (File.ReadAllText(path) == text).ShouldBeTrue($"{path} differs: run this test with GRANARY_WRITE_DOCS=1");
    }
}
