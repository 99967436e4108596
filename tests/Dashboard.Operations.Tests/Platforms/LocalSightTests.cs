using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Operations.Tests.Platforms;

public sealed class LocalSightTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sight-").FullName;

    [Fact]
    public void Shows_nothing_rather_than_an_old_view_while_the_disk_takes_no_new_one_and_the_new_one_afterwards()
    {
        var sight = new LocalSight(_folder);
        sight.Write(new PlatformStatus(1, "dnd-tracker:1.0.0", "1.0.0", []));
        var inTheWay = Directory.CreateDirectory(Path.Combine(_folder, "status.json.new"));

        sight.Write(new PlatformStatus(2, "dnd-tracker:1.1.0", "1.1.0", []));
        var meanwhile = sight.Read();
        inTheWay.Delete();
        sight.Write(new PlatformStatus(2, "dnd-tracker:1.1.0", "1.1.0", []));

        Assert.Null(meanwhile);
        Assert.Equal(2, sight.Read()?.Release);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
