using Granary.Contracts.Operations;
using Granary.Silo.Clustering;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A silo names the silos of other builds when it joins a cluster.</summary>
public sealed class SiloVersionsTests
{
    private static SiloState Silo(string name, string? version) =>
        new(name, "127.0.0.1:11111", "active", default, version, 1, 0, 0, false);

    [Fact]
    public void The_silos_of_another_version_or_commit_are_named_and_those_that_do_not_answer_are_not() =>
        SiloVersions.Others([Silo("own", "0.2.0+bb"), Silo("same", "0.2.0+bb"), Silo("older", "0.1.0+aa"), Silo("commit", "0.2.0+cc"),
            Silo("silent", null)], "0.2.0+bb").ShouldBe("older 0.1.0+aa, commit 0.2.0+cc");

    [Fact]
    public void Silos_of_one_version_are_not_named() =>
        SiloVersions.Others([Silo("own", "0.2.0+bb"), Silo("same", "0.2.0+bb")], "0.2.0+bb").ShouldBeEmpty();
}
