using Granary.Testing;

namespace Granary.Deployment.Tests.SupplyChain;

/// <summary>The licences of what Granary is delivered with. <c>GRANARY_WRITE_DOCS=1</c> writes <c>docs/licences.md</c>.</summary>
public class LicencesTests
{
    private static Dependency Of(string? licence) => new("nuget", "Some.Package", "1.2.3", licence, "");

    [Fact]
    public void Each_package_that_is_delivered_has_a_permitted_licence()
    {
        LicencesPage.All.Count(d => d.Registry == "nuget").ShouldBeGreaterThan(50);
        LicencesPage.All.Count(d => d.Registry == "npm").ShouldBeGreaterThan(20);
        LicencesPage.All.Select(LicencePolicy.Fault).Where(f => f is not null).ShouldBeEmpty();
    }

    [Fact]
    public void The_page_of_the_licences_lists_the_packages_that_the_restore_found()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "licences.md");
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, LicencesPage.Text());
        File.ReadAllText(path).ReplaceLineEndings("\n").ShouldBe(LicencesPage.Text(),
            "write it with GRANARY_WRITE_DOCS=1 and the class LicencesTests, and read what changed");
    }

    [Theory]
    [InlineData("MIT")]
    [InlineData("MS-PL OR Apache-2.0")]
    [InlineData("(MIT OR CC0-1.0)")]
    [InlineData("MIT AND BSD-3-Clause")]
    public void A_permitted_licence_is_no_fault(string licence) => LicencePolicy.Fault(Of(licence)).ShouldBeNull();

    [Theory]
    [InlineData("GPL-3.0-only")]
    [InlineData("MIT AND AGPL-3.0-only")]
    [InlineData("GPL-2.0-only WITH Classpath-exception-2.0")]
    [InlineData("(MIT OR Apache-2.0) AND SSPL-1.0")]
    [InlineData("mit")]
    [InlineData("")]
    public void Another_licence_is_a_fault_that_names_package_and_licence(string licence) =>
        LicencePolicy.Fault(Of(licence)).ShouldNotBeNull().ShouldContain($"Some.Package 1.2.3 has the licence {licence}");

    [Fact]
    public void A_package_without_a_licence_is_a_fault() =>
        LicencePolicy.Fault(Of(licence: null)).ShouldNotBeNull().ShouldContain("names no licence");

    [Fact]
    public void The_licence_that_somebody_read_counts_for_that_version_only()
    {
        LicencePolicy.Fault(new Dependency("nuget", "librdkafka.redist", "2.16.0", null, "")).ShouldBeNull();
        LicencePolicy.Fault(new Dependency("nuget", "librdkafka.redist", "99.0.0", null, "")).ShouldNotBeNull();
    }
}
