using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;

namespace Dashboard.Components.Pages;

/// <summary>Every backup with how far it is proven, what they need of the disk, and when the next ones come.</summary>
public sealed partial class Backups(IDesk desk, TimeProvider time) : EnvironmentsPage<BackupPage>(desk, time)
{
    protected override TimeSpan Refresh => TimeSpan.FromSeconds(15);

    protected override async Task<BackupPage?> ReadAsync(CancellationToken cancellationToken) => await Desk.BackupsAsync(cancellationToken);
}
